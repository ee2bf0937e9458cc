import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkUnicode } from './names';
import { refuse } from './refuse';

/** `NAMEDATALEN` - 1: PostgreSQL cuts longer names off, silently. https://www.postgresql.org/docs/current/limits.html */
const MOST_BYTES = 63;

/** Role names that PostgreSQL keeps for itself, beside those that begin with `pg_` (`CREATE ROLE`). */
const RESERVED = ['none', 'public'];

/** A name that PostgreSQL takes as it is. */
export function checkName(scope: IConstruct, prop: string, name: string): void {
  if (Token.isUnresolved(name)) {
    refuse(scope, `${prop} must be known at synthesis, got a token; write it as a literal string`);
  }
  if (name === '') refuse(scope, `${prop} is empty; give a name`);
  if (name.includes('\0')) refuse(scope, `${prop} contains the NUL character, got ${JSON.stringify(name)}; PostgreSQL has no such names`);
  checkUnicode(scope, prop, name);
  const bytes = Buffer.byteLength(name);
  if (bytes > MOST_BYTES) {
    refuse(scope, `${prop} must be at most ${MOST_BYTES} bytes, got ${bytes}: '${name}'; PostgreSQL would cut it off, choose a shorter one`);
  }
}

/** The name of a role that a rotation may create. */
export function checkRoleName(scope: IConstruct, prop: string, name: string): void {
  checkName(scope, prop, name);
  if (name.startsWith('pg_') || RESERVED.includes(name)) {
    refuse(scope, `${prop} is '${name}', a name that PostgreSQL keeps for itself; choose another`);
  }
}

/** The second of two alternating users. */
export function twinOf(scope: IConstruct, username: string, alternateUsername: string | undefined): string {
  if (alternateUsername === undefined) return defaultTwin(scope, username);
  checkRoleName(scope, 'alternateUsername', alternateUsername);
  if (alternateUsername === username) {
    refuse(scope, `alternateUsername equals username, '${username}'; name a second user`);
  }
  return alternateUsername;
}

/** AWS's function and CDK's users know the twin by this suffix. */
function defaultTwin(scope: IConstruct, username: string): string {
  const twin = `${username}_clone`;
  if (Buffer.byteLength(twin) > MOST_BYTES) {
    refuse(scope, `the second user '${twin}' would be longer than ${MOST_BYTES} bytes; set alternateUsername to a shorter name`);
  }
  return twin;
}

export function checkDistinct(scope: IConstruct, prop: string, name: string, logins: readonly string[]): void {
  if (!logins.includes(name)) return;
  refuse(scope, `${prop} names '${name}', which is a user of the rotation itself; name another role`);
}
