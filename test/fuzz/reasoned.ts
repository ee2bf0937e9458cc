import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ERRORS = readFileSync(join(__dirname, '..', '..', 'lambda', 'engine', 'contract', 'errors.ts'), 'utf8');

const [UNION = ''] = /RotationErrorCode =[^;]+/.exec(ERRORS) ?? [];
/** Every code that a failure may have, but the one of our own defects. */
const CODES = new Set([...UNION.matchAll(/'([A-Z0-9_]+)'/g)].map(([, code = '']) => code).filter((code) => code !== 'UNEXPECTED'));

/** What is wrong with a failure as Lambda prints it, if anything: it has a code of ours, a reason and a remedy, and no cause attached. */
export function unreasoned(failure: unknown): string | undefined {
  if (!(failure instanceof Error)) return `not an error: ${typeof failure}`;
  if (!CODES.has(failure.name)) return `no code of ours: ${failure.name}: ${failure.message}`;
  if (failure.cause !== undefined) return 'its cause is attached';
  const [, reason = '', remedy = ''] = /^([^]+?)\. ([^]+)$/.exec(failure.message.slice(`${failure.name}: `.length)) ?? [];
  return failure.message.startsWith(`${failure.name}: `) && reason !== '' && remedy !== '' ? undefined : `no reason and remedy: ${failure.message}`;
}
