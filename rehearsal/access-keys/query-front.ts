import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Dispatcher, Request } from './dispatcher';
import { answerable, QueryError } from './errors';
import { ServiceName } from './faults';
import { parseSignature, Signature } from './signature';
import { element, XmlContent } from './xml';
import { bodyOf, LocalServer } from '../http/local-server';
import { NoAnswer } from '../secrets-manager/faults';

const VERSIONS: Readonly<Record<ServiceName, string>> = { iam: '2010-05-08', sts: '2011-06-15' };

/** The Query protocol over HTTP: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html. One server for both services. */
export class QueryFront extends LocalServer {
  constructor(private readonly dispatcher: Dispatcher) {
    super();
  }

  protected async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let service: ServiceName = 'iam';
    try {
      const request = requestOf(incoming, await bodyOf(incoming));
      service = request.service;
      const output = await this.dispatcher.dispatch(request);
      const result = output === false ? {} : { [`${request.action}Result`]: output };
      respond(response, 200, service, `${request.action}Response`, requestId => ({ ...result, ResponseMetadata: { RequestId: requestId } }));
    } catch (error) {
      fail(response, service, error);
    }
  }
}

function requestOf({ method = '', url: target = '', headers }: IncomingMessage, body: string): Request {
  const parameters = new URLSearchParams(body);
  const signature = parseSignature(headers.authorization);
  const service = serviceOf(signature, parameters.get('Version'));
  const action = parameters.get('Action');
  if (service === undefined || action === null || method !== 'POST') {
    throw new QueryError('InvalidAction', 'The request is no POST with an Action of IAM or STS.');
  }
  return { service, action, signature, signed: { method, target, headers, body } };
}

/** AWS tells the services by their names in DNS; one endpoint tells them by what the request is signed for. */
function serviceOf(signature: Signature | undefined, version: string | null): ServiceName | undefined {
  const scope = signature?.service;
  if (scope === 'iam' || scope === 'sts') return scope;
  if (version === VERSIONS.iam) return 'iam';
  return version === VERSIONS.sts ? 'sts' : undefined;
}

function fail(response: ServerResponse, service: ServiceName, error: unknown): void {
  if (error instanceof NoAnswer) {
    if (error.kind === 'lostAnswer') response.destroy();
    return;
  }
  const { name, message, status } = answerable(error);
  const details = { Type: status < 500 ? 'Sender' : 'Receiver', Code: name, Message: message };
  respond(response, status, service, 'ErrorResponse', requestId => ({ Error: details, RequestId: requestId }));
}

function respond(response: ServerResponse, status: number, service: ServiceName, root: string, content: (requestId: string) => XmlContent): void {
  const requestId = randomUUID();
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  response.end(element(root, content(requestId), `https://${service}.amazonaws.com/doc/${VERSIONS[service]}/`));
}
