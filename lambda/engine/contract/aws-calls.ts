import type { Deadline } from './deadline';

const CONNECTION_TIMEOUT_MS = 2_000;
const LONGEST_CALL_MS = 5_000;
const LEAST_CALL_MS = 1_000;

/** The SDK's own retries are off: they would hide that an answer was lost, and make a second key. */
export const CLIENT_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, throwOnRequestTimeout: true }, // each call brings its own limit
};

/** A call that begins shortly before the deadline must not use up the reserve. */
export function limitsOf(deadline: Deadline): { readonly requestTimeout: number } {
  return { requestTimeout: Math.ceil(Math.min(LONGEST_CALL_MS, Math.max(LEAST_CALL_MS, deadline.remainingMs))) };
}

/**
 * What a failed call tells:
 * - `busy`: not executed, and worth repeating;
 * - `unknown`: the answer was lost or the service failed, so it may have been executed;
 * - `refused`: a definite answer.
 */
export type CallOutcome = 'busy' | 'unknown' | 'refused';

/** The answer of a service, as the SDK throws it. */
export interface ServiceAnswer extends Error {
  readonly $fault: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}

export function outcomeOf(error: unknown): CallOutcome {
  if (!isServiceAnswer(error)) return 'unknown';
  // "Common Errors" and the errors of each action in the API references of IAM and STS.
  if (/Throttl|TooManyRequests|RequestLimitExceeded|ConcurrentModification|TemporarilyUnmodifiable/.test(error.name)) return 'busy';
  const { httpStatusCode = 500 } = error.$metadata;
  if (httpStatusCode === 429) return 'busy';
  return httpStatusCode >= 500 ? 'unknown' : 'refused';
}

/** What the SDK makes of an answer that it cannot read has no `$fault`: its message may quote the answer, a secret key included. */
export function isServiceAnswer(error: unknown): error is ServiceAnswer {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

/** The name of an error, or the code of a failed system call: neither holds anything of a request or an answer. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}
