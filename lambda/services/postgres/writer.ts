import type { Session } from './session';
import { readOnlyServer } from './statement-errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/** Throws unless the session is the login's own, on a server that takes writes. */
export async function assertWriter(session: Session, endpoint: EndpointConfig): Promise<void> {
  const [row] = await session.query<{ inRecovery: boolean; sessionUser: string }>('SELECT pg_catalog.pg_is_in_recovery() AS "inRecovery", session_user AS "sessionUser"');
  if (row?.inRecovery !== false) throw readOnlyServer({ endpoint, username: session.username, database: session.database });
  if (row.sessionUser === session.username) return;
  throw new RotationError('USER_UNUSABLE', `"${session.username}" signed in, but the server took it for "${row.sessionUser}"`, { remedy: 'Look for a user name map before the server' });
}
