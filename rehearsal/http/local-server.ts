import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The caller is whom the signature names. */
const CREDENTIAL = /\bCredential=([^/,\s]+)\//;

/** An HTTP server on this machine that stands in for a service of AWS. */
export abstract class LocalServer {
  private readonly server: Server = createServer((request, response) => { void this.handle(request, response); });

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => { this.server.close(() => resolve()); });
    this.server.closeAllConnections();
    await closed;
  }

  /** Answers a request; never rejects. */
  protected abstract handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The signature itself is not verified here. */
export function accessKeyIdOf({ headers }: IncomingMessage): string | undefined {
  return CREDENTIAL.exec(headers.authorization ?? '')?.[1];
}
