import { wrongAnswer } from './service-errors';
import type { IssuedCredential, ListedCredential, SecretFields, Use } from '../../../service';

export const FEWEST_SLOTS = 2;
export const MOST_SLOTS = 12;

/** What `list` may answer. */
export function listed(answer: unknown): readonly ListedCredential[] {
  if (!Array.isArray(answer)) throw wrongAnswer('list', 'answers no array');
  if (!answer.every(isListed)) throw wrongAnswer('list', 'answers a credential without id, createdAt (a Date) or active');
  if (new Set(answer.map(({ id }) => id)).size < answer.length) throw wrongAnswer('list', 'answers two credentials with one id');
  if (answer.length > MOST_SLOTS) throw wrongAnswer('list', `answers ${answer.length} credentials; of one principal there are at most ${MOST_SLOTS}`);
  return answer;
}

/** What `issue` may answer. */
export function issued(answer: unknown, idOf: (fields: SecretFields) => unknown): IssuedCredential {
  const { id, fields } = fieldsIn(answer) ?? {};
  const members = fieldsIn(fields);
  if (isText(id) && members !== undefined && idOf(members) === id) return { id, fields: members };
  throw wrongAnswer('issue', 'answers no id with fields of which idOf gives that id');
}

/** What `lastUsed` may answer: a time that is none would count as never. */
export function lastUse(answer: unknown): Use | undefined {
  if (answer === undefined) return undefined;
  const { at, by } = fieldsIn(answer) ?? {};
  if (isTime(at) && (by === undefined || typeof by === 'string')) return { at, by };
  throw wrongAnswer('lastUsed', 'answers neither undefined nor a use with at (a Date)');
}

/** What `idOf` and `principalOf` may answer. */
export function nameOrNone(method: string, answer: unknown): string | undefined {
  if (answer === undefined || isText(answer)) return answer;
  throw wrongAnswer(method, 'answers neither a text nor undefined');
}

/** What `fieldsOf` may answer. */
export function membersOfSecret(answer: unknown): SecretFields {
  const members = fieldsIn(answer);
  if (members !== undefined) return members;
  throw wrongAnswer('fieldsOf', 'answers no object');
}

function isListed(credential: unknown): credential is ListedCredential {
  const { id, createdAt, active } = fieldsIn(credential) ?? {};
  return isText(id) && isTime(createdAt) && typeof active === 'boolean';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function fieldsIn(value: unknown): SecretFields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as SecretFields : undefined;
}
