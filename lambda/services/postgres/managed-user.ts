import type { Connector } from './connector';
import { describeDatabase, PostgresDescription } from './description';
import { ManagedPasswordSession } from './managed-password-session';
import { preflightManagedUser } from './managed-user-preflight';
import { asPreflightFailure } from './preflight-problems';
import type { Session } from './session';
import { PreparedVerification } from './verification';
import { assertWriter } from './writer';
import type { Credential } from '../../engine/contract/credential';
import { RotationError, SignInRefused } from '../../engine/contract/errors';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** A user of the database whose password a superuser sets: on Amazon RDS the master user, who is no superuser to PostgreSQL. */
export class ManagedUser {
  readonly facts: PostgresDescription;

  constructor(private readonly connector: Connector) {
    this.facts = describeDatabase(connector.config);
  }

  async signIn(superuser: Credential, current: Credential): Promise<PasswordSession> {
    const session = await signInAsSuperuser(this.connector, superuser);
    try {
      await assertWriter(session, this.connector.config);
      return new ManagedPasswordSession(this.connector, session, current, () => signInAsSuperuser(this.connector, superuser));
    } catch (error: unknown) {
      await session.end();
      throw error;
    }
  }

  prepareVerification(): Promise<Verification> {
    return PreparedVerification.prepare(this.connector);
  }

  async preflight(superuser: Credential, current: Credential): Promise<void> {
    try {
      const session = await signInAsSuperuser(this.connector, superuser);
      await preflightManagedUser(session, current, this.connector).finally(() => session.end());
    } catch (error: unknown) {
      throw asPreflightFailure(error);
    }
  }
}

/** The superuser's secret may be rotated at this moment, so its refusal has a code of its own. */
export async function signInAsSuperuser(connector: Connector, superuser: Credential): Promise<Session> {
  try {
    return await connector.signIn(superuser, { role: 'none' });
  } catch (error: unknown) {
    if (!(error instanceof SignInRefused)) throw error;
    throw new RotationError('SUPERUSER_REFUSED', error.reason, {
      remedy: 'Check that the superuser\'s secret holds the password in force, and that its VALID UNTIL has not passed', cause: error,
    });
  }
}
