import { OwnPasswordSession, ownVerification } from './own-password-session';
import { OwnUsers } from './own-users';
import type { Credential } from '../../engine/contract/credential';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** A user of a service of the user's own whose password a superuser changes. */
export class ManagedUser {
  constructor(private readonly users: OwnUsers) {}

  get facts(): OwnUsers['facts'] {
    return this.users.facts;
  }

  async signIn(superuser: Credential, current: Credential): Promise<PasswordSession> {
    return new OwnPasswordSession(this.users, await this.users.signInAsSuperuser(superuser), current, () => this.users.signInAsSuperuser(superuser));
  }

  prepareVerification(): Promise<Verification> {
    return ownVerification(this.users);
  }

  async preflight(superuser: Credential): Promise<void> {
    await this.users.inSession(() => this.users.signInAsSuperuser(superuser), (session) => session.check([this.users.username]));
  }
}
