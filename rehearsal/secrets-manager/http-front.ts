import { randomUUID } from 'crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import { AddressInfo } from 'net';
import { Dispatcher } from './dispatcher';
import { SecretsManagerError } from './errors';
import { NoAnswer } from './faults';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'secretsmanager.';
/** The caller is whom the signature names; the signature itself is not verified. */
const CREDENTIAL = /\bCredential=([^/,\s]+)\//;
const INTERNAL = new SecretsManagerError('InternalServiceError', 'An error occurred on the server side.', 500);

/** AWS JSON 1.1 over HTTP: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
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
    const closed = new Promise<void>((resolve) => { this.server.close(() => resolve()); });
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request);
      respond(response, 200, await this.dispatcher.dispatch({ action: actionOf(request), accessKeyId: accessKeyIdOf(request), body }));
    } catch (error) {
      fail(response, error);
    }
  }
}

function actionOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw new SecretsManagerError('UnknownOperationException', 'The request has no X-Amz-Target of Secrets Manager.');
  }
  return target.slice(TARGET_PREFIX.length);
}

function accessKeyIdOf(request: IncomingMessage): string | undefined {
  return CREDENTIAL.exec(request.headers.authorization ?? '')?.[1];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof NoAnswer) {
    if (error.kind === 'lostAnswer') {
      response.destroy();
    }
    return;
  }
  const { name, message, status } = error instanceof SecretsManagerError ? error : INTERNAL;
  respond(response, status, { __type: name, Message: message });
}
