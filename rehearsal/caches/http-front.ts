import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Dispatcher, Request } from './dispatcher';
import { answerable } from './errors';
import { protocolOf } from './protocols';
import { accessKeyIdOf, bodyOf, LocalServer } from '../http/local-server';
import { NoAnswer } from '../secrets-manager/faults';


/** Both services behind one HTTP server: their protocols tell them apart. */
export class HttpFront extends LocalServer {
  constructor(private readonly dispatcher: Dispatcher) {
    super();
  }

  protected async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
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

function giveNone(response: ServerResponse, { kind }: NoAnswer): void {
  if (kind === 'lostAnswer') response.destroy();
}

function respond(response: ServerResponse, status: number, contentType: string, body: (requestId: string) => string): void {
  const requestId = randomUUID();
  response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': requestId });
  response.end(body(requestId));
}
