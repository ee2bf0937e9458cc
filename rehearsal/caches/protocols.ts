import { IncomingHttpHeaders } from 'node:http';
import { Request } from './dispatcher';
import { CacheError } from './errors';
import { CacheServiceName } from './faults';
import { Member, Output } from './operations';
import { queryMembers } from './query-members';
import { element, XmlContent } from '../access-keys/xml';
import { Input } from '../secrets-manager/input';

export interface Protocol {
  readonly service: CacheServiceName;
  readonly contentType: string;
  read(headers: IncomingHttpHeaders, body: string): Pick<Request, 'action' | 'members'>;
  answer(action: string, output: Output, requestId: string): string;
  refuse(error: CacheError, requestId: string): string;
}

const TARGET_PREFIX = 'AmazonMemoryDB.';
const NAMESPACE = 'http://elasticache.amazonaws.com/doc/2015-02-02/';

/** ElastiCache speaks the Query protocol: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
const QUERY: Protocol = {
  service: 'elasticache',
  contentType: 'text/xml',
  read: (_, body) => {
    const parameters = new URLSearchParams(body);
    return { action: parameters.get('Action') ?? '', members: () => queryMembers(parameters) };
  },
  answer: (action, output, requestId) =>
    element(`${action}Response`, { [`${action}Result`]: xml(output), ResponseMetadata: { RequestId: requestId } }, NAMESPACE),
  refuse: ({ name, message, status }, requestId) => {
    const details = { Type: status < 500 ? 'Sender' : 'Receiver', Code: name, Message: message };
    return element('ErrorResponse', { Error: details, RequestId: requestId }, NAMESPACE);
  },
};

/** MemoryDB speaks AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
const JSON_1_1: Protocol = {
  service: 'memorydb',
  contentType: 'application/x-amz-json-1.1',
  read: ({ 'x-amz-target': target }, body) => ({ action: String(target).slice(TARGET_PREFIX.length), members: () => jsonMembers(body) }),
  answer: (_, output) => JSON.stringify(output),
  refuse: ({ name, message }) => JSON.stringify({ __type: name, message }),
};

export function protocolOf({ 'x-amz-target': target }: IncomingHttpHeaders): Protocol {
  return typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? JSON_1_1 : QUERY;
}

function xml(member: Member): XmlContent {
  if (typeof member !== 'object') return String(member);
  if (isList(member)) return member.map(xml);
  return Object.fromEntries(Object.entries(member).map(([name, below]) => [name, below === undefined ? undefined : xml(below)]));
}

function isList(member: Member): member is readonly Member[] {
  return Array.isArray(member);
}

/** The parser's own message would quote the body. */
function jsonMembers(body: string): Readonly<Record<string, unknown>> {
  Input.parse(body);
  return JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>;
}
