import type { Session } from './session';
import { NoVerdict } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** First key of our advisory locks: "csr1" in ASCII. */
const LOCK_SPACE = 0x63737231;

/**
 * Waits for the advisory lock on a role until the deadline; it is held until the session ends. It only saves rotations of one user from
 * meeting: the lock is local to a database, and any session may take it. The fence on the labels is what guarantees.
 */
export async function lockRole(session: Session, role: string, { deadline, measurements }: Invocation): Promise<void> {
  await deadline.retry(async () => {
    const [row] = await session.query<{ locked: boolean }>('SELECT pg_catalog.pg_try_advisory_lock($1, pg_catalog.hashtext($2)) AS locked', [LOCK_SPACE, role]);
    if (row?.locked !== true) throw new LockHeld(role);
  }, error => error instanceof LockHeld, () => { measurements.retries++; });
}

class LockHeld extends NoVerdict {
  constructor(role: string) {
    super('SERVICE_BUSY', `another session holds the lock on the user "${role}" until after the deadline`, {
      remedy: `Another rotation of this user may be running. Else look in pg_locks for locktype 'advisory' and classid ${LOCK_SPACE}`,
    });
  }
}
