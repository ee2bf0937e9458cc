import { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { StoredCredential } from '../../../engine/contract/credential';
import { RotationError } from '../../../engine/contract/errors';
import { quoteIdentifier } from '../identifiers';
import { Session } from '../session';
import { StoredPair } from './converge-request';
import { Pair } from './pair';
import { passwordClause } from './password';
import { State } from './state';
import { Statement } from './statements';

/** Creates what does not exist yet: the owner role, and the users with the passwords that the secret holds for them. */
export async function creations(
  session: Session, pair: Pair, state: State, config: PostgresRotationConfig, stored: StoredPair,
): Promise<readonly Statement[]> {
  const users = await Promise.all(missingLogins(pair, state).map(async login => {
    const clause = await passwordClause(session, passwordOf(login, stored), config);
    return { sql: `CREATE ROLE ${quoteIdentifier(login)} LOGIN INHERIT ${clause}`, user: login };
  }));
  return [...missingOwner(pair, state).map(owner => ({ sql: `CREATE ROLE ${quoteIdentifier(owner)} NOLOGIN` })), ...users];
}

export function missingLogins(pair: Pair, state: State): readonly string[] {
  return pair.logins.filter(login => !state.roles.has(login));
}

export function missingOwner({ ownerRole }: Pair, state: State): readonly string[] {
  return ownerRole === undefined || state.roles.has(ownerRole) ? [] : [ownerRole];
}

/** Never a new password for a user that clients may be using. */
function passwordOf(login: string, { current, pending }: StoredPair): StoredCredential {
  const stored = [pending, current].find(({ credential }) => credential.username === login);
  if (stored !== undefined) return stored;
  throw new RotationError('USER_MISSING', `the user ${quoteIdentifier(login)} does not exist, and the secret holds no password of it`, {
    remedy: `Create it: CREATE ROLE ${quoteIdentifier(login)} LOGIN`,
  });
}
