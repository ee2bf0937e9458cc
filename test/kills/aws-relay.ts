import { createServer, IncomingMessage, request, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CallAction = 'pass' | 'cut';

/** Told of each call; what it returns is asked before the call reaches the service, and after the service has done it and before its answer is heard. */
export type OnCall = (action: string) => (moment: 'before' | 'after') => Promise<CallAction>;

/** Stands between a function and the local Secrets Manager: a call waits while the script is asked. */
export class AwsRelay {
  static async start(upstream: string): Promise<AwsRelay> {
    const relay = new AwsRelay(upstream);
    await new Promise<void>(resolve => relay.server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  private readonly server = createServer((incoming, response) => void this.relay(incoming, response));

  private constructor(private readonly upstream: string) {}

  onCall: OnCall = () => async () => 'pass';

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async relay(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(incoming);
    const action = String(incoming.headers['x-amz-target']).replace('secretsmanager.', '');
    const ask = this.onCall(action);
    if (await ask('before') === 'cut') return void incoming.socket.destroy();
    const answer = await this.forward(incoming, body);
    const text = await textOf(answer);
    if (await ask('after') === 'cut') return void incoming.socket.destroy();
    response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
  }

  private forward({ method, url, headers }: IncomingMessage, body: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => request(`${this.upstream}${url}`, { method, headers }, resolve).on('error', reject).end(body));
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
