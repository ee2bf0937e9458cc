import { setTimeout as sleep } from 'node:timers/promises';
import { StatementFailed } from './statement-errors';
import { NoVerdict } from '../../engine/contract/errors';
import type { Measurements } from '../../engine/contract/measurements';

const ATTEMPTS = 6;
const LONGEST_PAUSE_MS = 50;

/** "tuple concurrently updated" (PostgreSQL has no code of its own for it), and a role that somebody else has just created. */
const CONCURRENT = ['XX000', '42710', '23505'];

/** Repeats a change of roles that met another one of the same rows: PostgreSQL lets one of the two fail. */
export async function despiteConcurrentUpdates<T>(measurements: Measurements, change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await change();
    } catch (error: unknown) {
      if (!(error instanceof StatementFailed) || !CONCURRENT.includes(error.server.sqlState)) throw error;
      if (attempt === ATTEMPTS) throw new NoVerdict('SERVICE_BUSY', error.reason, { remedy: 'Find out who keeps changing the same roles; Secrets Manager retries the rotation' });
      measurements.retries++;
      await sleep(Math.random() * LONGEST_PAUSE_MS * attempt);
    }
  }
}
