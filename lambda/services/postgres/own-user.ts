import type { Connector } from './connector';
import { describeDatabase, PostgresDescription } from './description';
import { OwnPasswordSession } from './own-password-session';
import { preflightOwnUser } from './own-user-preflight';
import { asPreflightFailure } from './preflight-problems';
import type { Session } from './session';
import { PreparedVerification } from './verification';
import { assertWriter } from './writer';
import type { Credential } from '../../engine/contract/credential';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** A user of the database who changes its own password. */
export class OwnUser {
  readonly facts: PostgresDescription;

  constructor(private readonly connector: Connector) {
    this.facts = describeDatabase(connector.config);
  }

  async signIn(credential: Credential): Promise<PasswordSession> {
    const session = await this.open(credential);
    try {
      await assertWriter(session, this.connector.config);
      return await OwnPasswordSession.of(this.connector, credential, session);
    } catch (error: unknown) {
      await session.end();
      throw error;
    }
  }

  prepareVerification(): Promise<Verification> {
    return PreparedVerification.prepare(this.connector);
  }

  async preflight(current: Credential): Promise<void> {
    try {
      const session = await this.open(current);
      await preflightOwnUser(session, current, this.connector).finally(() => session.end());
    } catch (error: unknown) {
      throw asPreflightFailure(error);
    }
  }

  /** Acting as another role the user may not change its own password, hence `none`. */
  private open(credential: Credential): Promise<Session> {
    return this.connector.signIn(credential, { role: 'none' });
  }
}
