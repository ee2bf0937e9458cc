import * as fc from 'fast-check';

/** NAMEDATALEN - 1 (PostgreSQL documentation, appendix K, "PostgreSQL Limits"). */
export const MOST_BYTES = 63;

const NASTY = [
  'App User', 'UPPER', '"', '""', '\'', '\\', '\\\'', '$1', '$$', '%', '%s', '%1$I', ';--', 'a;b', '--', '/*', '*/', '{', ':x', '@', '\n', '\r\n',
  '\t', ' ', ' app', 'app ', '\x7f', '\x01', '\u00a0',
  'app"; DROP ROLE canary; --', 'app\'; DROP TABLE canary; --', 'app" SUPERUSER "', 'app\\\'); DROP ROLE canary; --', '$app$', 'E\'\\\'',
  'U&"\\0061"', '\u202eppa', 'ａｐｐ', 'é', 'e\u0301', '🐘', '\ufeff',
  'user', 'select', 'current_user', 'session_user', 'all', 'table', 'null', 'true', '-c', '=', 'dbname=postgres', 'host=example.com',
  'postgres://x@y/z', '+all', 'x'.repeat(MOST_BYTES), '"'.repeat(MOST_BYTES), `${'é'.repeat(31)}x`,
];

/** What PostgreSQL takes for a name of a role or a database, and nobody expects. */
export function name(): fc.Arbitrary<string> {
  const any = fc.string({ unit: 'binary', minLength: 1, maxLength: MOST_BYTES }).filter(isName);
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...NASTY) }, { weight: 1, arbitrary: any });
}

/** Names of which no two are the same. */
export function names(count: number): fc.Arbitrary<string[]> {
  return fc.uniqueArray(name(), { minLength: count, maxLength: count });
}

/** What PostgreSQL takes for no name, or would cut off. */
export function noName(): fc.Arbitrary<string> {
  return fc.constantFrom('', 'app\0', '\0', 'app\ud800', '\udc00', 'x'.repeat(MOST_BYTES + 1), 'é'.repeat(32), 'x'.repeat(10_000), `app${'\0'.repeat(3)}options\0-c role=master`);
}

function isName(text: string): boolean {
  return !text.includes('\0') && Buffer.byteLength(text) <= MOST_BYTES;
}
