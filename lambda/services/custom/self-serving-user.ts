import { OwnPasswordSession, ownVerification } from './own-password-session';
import type { OwnSession } from './own-session';
import { OwnUsers } from './own-users';
import type { Credential } from '../../engine/contract/credential';
import { SignInRefused } from '../../engine/contract/errors';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** A user of a service of the user's own who changes its own password. */
export class SelfServingUser {
  constructor(private readonly users: OwnUsers) {}

  get facts(): OwnUsers['facts'] {
    return this.users.facts;
  }

  async signIn(credential: Credential): Promise<PasswordSession> {
    const session = await this.users.signIn(credential);
    return new OwnPasswordSession(this.users, session, credential, (applied = credential) => this.signInWithEither(applied, credential));
  }

  prepareVerification(): Promise<Verification> {
    return ownVerification(this.users);
  }

  async preflight(current: Credential): Promise<void> {
    await this.users.inSession(() => this.users.signIn(current), (session) => session.check([this.users.username]));
  }

  /** With what was applied, or with what it replaced should the putting back have been done. */
  private async signInWithEither(applied: Credential, before: Credential): Promise<OwnSession> {
    try {
      return await this.users.signIn(applied);
    } catch (error: unknown) {
      if (!(error instanceof SignInRefused)) throw error;
      return this.users.signIn(before);
    }
  }
}
