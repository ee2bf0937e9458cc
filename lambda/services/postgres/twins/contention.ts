import { NoVerdict } from '../../../engine/contract/errors';
import { Invocation } from '../../../engine/contract/invocation';
import { despiteConcurrentUpdates } from '../concurrent-update';

/** Repeats work that changes nothing when it fails, while others are in its way, until the deadline. */
export async function despiteContention<T>({ deadline, measurements }: Invocation, work: () => Promise<T>): Promise<T> {
  return deadline.retry(async () => despiteConcurrentUpdates(measurements, work), isBusy, () => { measurements.retries++; });
}

/** A lock that was not to be had in time, a deadlock, a statement given up: certainly not done. */
function isBusy(error: unknown): boolean {
  return error instanceof NoVerdict && error.code === 'SERVICE_BUSY';
}
