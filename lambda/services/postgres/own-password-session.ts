import { despiteConcurrentUpdates } from './concurrent-update';
import type { Connector } from './connector';
import { quoteIdentifier, quoteLiteral } from './identifiers';
import { passwordError } from './password-errors';
import { lockRole } from './role-lock';
import { assertHashable, computeVerifier, saltOf } from './scram';
import type { Session } from './session';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { PasswordSession } from '../../engine/contract/password-session';

/** A user's own session, which changes the user's own password. */
export class OwnPasswordSession implements PasswordSession {
  static async of(connector: Connector, credential: Credential, session: Session): Promise<OwnPasswordSession> {
    return new OwnPasswordSession(connector, credential, session, await session.storedForm(credential));
  }

  private applied?: Credential;
  /** Exactly what the server stored when this session was opened; never printed. */
  readonly #storedBefore: string | undefined;

  private constructor(
    private readonly connector: Connector,
    private readonly before: Credential,
    private session: Session,
    storedBefore: string | undefined,
  ) {
    this.#storedBefore = storedBefore;
  }

  lock(): Promise<void> {
    return lockRole(this.session, this.session.username, this.connector.invocation);
  }

  async prepareChange({ credential, ...version }: StoredCredential): Promise<() => Promise<void>> {
    assertHashable(credential.password);
    this.restorable();
    if (this.session.authenticationMethod === 'md5' && this.connector.config.upgradeToScram !== true) throw md5Password(this.session.username);
    const verifier = await computeVerifier(credential.password, { salt: saltOf(version), iterations: this.session.scramIterations });
    return async () => {
      this.applied = credential;
      await this.store(verifier);
    };
  }

  async putBack(): Promise<void> {
    const stored = this.restorable();
    try {
      await this.store(stored);
    } catch (error: unknown) {
      if (!(error instanceof NoVerdict) || this.applied === undefined) throw error;
      await this.reopen(this.applied);
      await this.store(stored);
    }
  }

  end(): Promise<void> {
    return this.session.end();
  }

  /** Signs in anew once the session is lost: with what was applied, or with what it replaced should the putting back have been done. */
  private async reopen(applied: Credential): Promise<void> {
    await this.session.end();
    this.session = await this.connector.signIn(applied, { role: 'none' }).catch((error: unknown) => {
      if (!(error instanceof SignInRefused)) throw error;
      return this.connector.signIn(this.before, { role: 'none' });
    });
  }

  private async store(form: string): Promise<void> {
    const statement = `ALTER ROLE ${quoteIdentifier(this.session.username)} PASSWORD ${quoteLiteral(form)}`;
    try {
      await despiteConcurrentUpdates(this.connector.invocation.measurements, () => this.session.query(statement));
    } catch (error: unknown) {
      throw passwordError(error, this.session, this.session.username);
    }
  }

  private restorable(): string {
    if (this.#storedBefore === undefined) throw notRestorable(this.session.username);
    return this.#storedBefore;
  }
}

export function md5Password(username: string): RotationError {
  return new RotationError('MD5_PASSWORD', `the password of "${username}" is stored as md5, and a rotation would store it as SCRAM-SHA-256`, {
    remedy: 'Set `upgradeToScram: true` on the construct once all clients have drivers that support SCRAM',
  });
}

export function notRestorable(username: string): RotationError {
  return new RotationError('PASSWORD_NOT_RESTORABLE', `what the server stores for "${username}" could not be proven, so it could not be put back; nothing was changed`, {
    remedy: 'The current password probably has characters outside ASCII. Set one of printable ASCII by hand, in the database and in the secret',
  });
}
