import { escapeIdentifier, escapeLiteral } from 'pg';
import type { PostgresRotationConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/** NAMEDATALEN - 1: PostgreSQL cuts a longer name silently, and would then change another role's password. */
const LONGEST_IDENTIFIER_BYTES = 63;

/** Role names that PostgreSQL keeps for itself, beside those that begin with `pg_` ("CREATE ROLE"). */
const RESERVED = ['none', 'public'];

/** Refuses what no role or database of this rotation can be called: a statement would name another, or fail in the middle. */
export function assertConfiguredNames({ username, alternateUsername, ownerRole, databaseName, memberOf = [] }: PostgresRotationConfig): void {
  const made = [username, alternateUsername, ownerRole].filter((name) => name !== undefined);
  [...made, databaseName, ...memberOf].forEach(assertIdentifier);
  const reserved = made.find((name) => name.startsWith('pg_') || RESERVED.includes(name));
  if (reserved !== undefined) throw unusable(reserved, 'is a name that PostgreSQL keeps for itself');
}

/** Refuses what cannot name a role or a database. */
export function assertIdentifier(name: string): void {
  if (name === '') throw unusable(name, 'is empty');
  if (name.includes('\0')) throw unusable(name.replaceAll('\0', '\\0'), 'contains a NUL character');
  if (Buffer.from(name, 'utf8').toString('utf8') !== name) throw unusable(name, 'is not valid Unicode');
  if (Buffer.byteLength(name, 'utf8') > LONGEST_IDENTIFIER_BYTES) throw unusable(name, `is longer than ${LONGEST_IDENTIFIER_BYTES} bytes`);
}

/** Utility statements take no parameters, so names are quoted here. */
export function quoteIdentifier(name: string): string {
  assertIdentifier(name);
  return escapeIdentifier(name);
}

/** Utility statements take no parameters, so values are quoted here; never a password, see `scram.ts`. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw unusable('a value', 'contains a NUL character');
  return escapeLiteral(text);
}

function unusable(name: string, why: string): RotationError {
  return new RotationError('MISCONFIGURED', `"${name}" ${why}, so it cannot be a name in PostgreSQL`, {
    remedy: 'Correct the name in the properties of the construct',
  });
}
