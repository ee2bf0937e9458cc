import { randomUUID } from 'crypto';
import type { IncomingMessage, ServerResponse } from 'http';
import { Dispatcher } from './dispatcher';
import { SecretsManagerError } from './errors';
import { NoAnswer } from './faults';
import { accessKeyIdOf, bodyOf, LocalServer } from '../http/local-server';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'secretsmanager.';
const INTERNAL = new SecretsManagerError('InternalServiceError', 'An error occurred on the server side.', 500);

/** AWS JSON 1.1 over HTTP: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export class HttpFront extends LocalServer {
  constructor(private readonly dispatcher: Dispatcher) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
