import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretFields } from '../../service';
import { NoVerdict, RotationError, SignInRefused } from '../engine/contract/errors';
import { Invocation } from '../engine/contract/invocation';

/** When a new credential counts as known everywhere. */
export interface Propagation {
  /** Not tried earlier than this after it was stored: most become known in that time, and none needs to be refused. Milliseconds. */
  readonly afterMs: number;
  /** Successes in a row. */
  readonly successes: number;
  /** From the first of them to the last, in milliseconds. */
  readonly overMs: number;
}

/** A fresh access key becomes known to each of a service's servers at its own time: one success is that of one server. */
export const PROPAGATION: Propagation = { afterMs: 2_000, successes: 3, overMs: 10_000 };

/** One success: for what is known at once, or was known before. */
export const ONCE: Propagation = { afterMs: 0, successes: 1, overMs: 0 };

type Verifying = { verify(fields: SecretFields): Promise<void> };

/** Waits until the service accepts a credential for good; waiting is free, for clients still use the current one. */
export async function verifyPropagated(
  service: Verifying, fields: SecretFields, { deadline, measurements }: Invocation, propagation: Propagation,
): Promise<void> {
  const pauseMs = propagation.overMs / Math.max(1, propagation.successes - 1);
  let inARow = 0;
  const attempt = async (): Promise<void> => {
    while (inARow < propagation.successes) {
      if (inARow > 0 && pauseMs >= deadline.remainingMs) throw outOfTime(inARow, propagation);
      if (inARow > 0) await sleep(pauseMs);
      await service.verify(fields);
      inARow++;
    }
  };
  const retryable = (error: unknown): boolean => {
    if (error instanceof SignInRefused) inARow = 0;
    return error instanceof SignInRefused || error instanceof NoVerdict;
  };
  try {
    await deadline.retry(attempt, retryable, () => { measurements.retries++; });
  } catch (error: unknown) {
    throw retryable(error) ? notVerified(error as RotationError) : error;
  }
}

/** A pause is not shortened: successes close together are those of one server. */
function outOfTime(inARow: number, { successes }: Propagation): RotationError {
  return new RotationError('DEADLINE', `the new credential worked ${inARow} times in a row, and no time was left to see it work ${successes} times`, {
    remedy: 'AWSCURRENT is untouched and clients go on as before. Secrets Manager retries the rotation; if it repeats, raise `timeout`',
  });
}

function notVerified(cause: RotationError): RotationError {
  return new RotationError('VERIFICATION_FAILED', `the new credential was not seen to work (${cause.reason})`, {
    remedy: `AWSCURRENT is untouched and clients go on as before. ${cause.remedy}`,
    cause,
  });
}
