import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';

/** More than any database or service known to us allows for a name. */
const MOST_CHARACTERS = 512;

/** A name of which only its service knows the rules. */
export function checkPlainName(scope: IConstruct, prop: string, name: string): void {
  if (Token.isUnresolved(name)) refuse(scope, `${prop} must be known at synthesis, got a token; write it as a literal string`);
  if (name === '') refuse(scope, `${prop} is empty; give a name`);
  checkUnicode(scope, prop, name);
  if (name.length > MOST_CHARACTERS) refuse(scope, `${prop} must be at most ${MOST_CHARACTERS} characters, got ${name.length}; choose a shorter one`);
}

/** Half of a surrogate pair has no form in UTF-8: it would be sent as another name. */
export function checkUnicode(scope: IConstruct, prop: string, name: string): void {
  if (Buffer.from(name).toString() !== name) refuse(scope, `${prop} is not valid Unicode, got ${JSON.stringify(name)}; correct the name`);
}

/** The second of two alternating users. */
export function plainTwinOf(scope: IConstruct, username: string, alternateUsername = `${username}_clone`): string {
  checkPlainName(scope, 'alternateUsername', alternateUsername);
  if (alternateUsername === username) refuse(scope, `alternateUsername equals username, '${username}'; name a second user`);
  return alternateUsername;
}

/** Lambda's descriptions have at most 256 characters. */
const BRIEF = 80;

/** A name as a description has room for it. */
export function brief(name: string): string {
  return Token.isUnresolved(name) || name.length <= BRIEF ? name : `${name.slice(0, BRIEF)}…`;
}

/** A name as it is, or what the template has for it, such as the logical id of what has the name. */
export function resolvedName(scope: IConstruct, name: string): string {
  const resolved: unknown = Stack.of(scope).resolve(name);
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
}
