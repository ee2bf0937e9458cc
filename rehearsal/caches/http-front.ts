import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { Dispatcher, Request } from './dispatcher';
import { answerable } from './errors';
import { protocolOf } from './protocols';
import { NoAnswer } from '../secrets-manager/faults';

/** The caller is whom the signature names; the signature itself is not verified. */
const CREDENTIAL = /\bCredential=([^/,\s]+)\//;

/** Both services behind one HTTP server: their protocols tell them apart. */
export class HttpFront {
  private readonly server: Server;

  constructor(private readonly dispatcher: Dispatcher) {
    this.server = createServer((request, response) => { void this.handle(request, response); });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => { this.server.close(() => resolve()); });
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const protocol = protocolOf(incoming.headers);
    try {
      const body = await bodyOf(incoming);
      const request: Request = { service: protocol.service, ...protocol.read(incoming.headers, body), accessKeyId: accessKeyIdOf(incoming) };
      const output = await this.dispatcher.dispatch(request);
      respond(response, 200, protocol.contentType, requestId => protocol.answer(request.action, output, requestId));
    } catch (error) {
      if (error instanceof NoAnswer) return giveNone(response, error);
      const answer = answerable(error, protocol.service);
      respond(response, answer.status, protocol.contentType, requestId => protocol.refuse(answer, requestId));
    }
  }
}

function accessKeyIdOf({ headers }: IncomingMessage): string | undefined {
  return CREDENTIAL.exec(headers.authorization ?? '')?.[1];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function giveNone(response: ServerResponse, { kind }: NoAnswer): void {
  if (kind === 'lostAnswer') response.destroy();
}

function respond(response: ServerResponse, status: number, contentType: string, body: (requestId: string) => string): void {
  const requestId = randomUUID();
  response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': requestId });
  response.end(body(requestId));
}
