import { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { StoredCredential } from '../../../engine/contract/credential';
import { quoteIdentifier, quoteLiteral } from '../identifiers';
import { passwordError } from '../password-errors';
import { computeVerifier, saltOf } from '../scram';
import { Session } from '../session';

export async function alterPassword(session: Session, stored: StoredCredential, config: PostgresRotationConfig): Promise<void> {
  const { username } = stored.credential;
  const clause = await passwordClause(session, stored, config);
  try {
    await session.query(`ALTER ROLE ${quoteIdentifier(username)} ${clause}`);
  } catch (error: unknown) {
    throw passwordError(error, session, username);
  }
}

/** Neither the server nor its log gets to know the password: a verifier is sent. */
export async function passwordClause(session: Session, stored: StoredCredential, config: PostgresRotationConfig): Promise<string> {
  const verifier = await computeVerifier(stored.credential.password, { salt: saltOf(stored), iterations: session.scramIterations });
  const password = `PASSWORD ${quoteLiteral(verifier)}`;
  if (config.passwordValidForSeconds === undefined) return password;
  const end = new Date(Date.now() + config.passwordValidForSeconds * 1000);
  return `${password} VALID UNTIL ${quoteLiteral(end.toISOString())}`;
}
