import type { OwnSession, OwnUsers } from './own-users';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { NoVerdict, SignInRefused } from '../../engine/contract/errors';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** Opens a session anew, once the first is lost; `applied` is the password that it may have set. */
type SignInAgain = (applied: Credential | undefined) => Promise<OwnSession>;

/** Changes a user's password through a session of the service, and sets the one before again if need be. */
export class OwnPasswordSession implements PasswordSession {
  private applied?: Credential;

  constructor(private session: OwnSession, private readonly before: Credential, private readonly signInAgain: SignInAgain) {}

  /** The service has no lock that we know of: the fence on the labels is what guarantees. */
  async lock(): Promise<void> {
    return undefined;
  }

  async prepareChange({ credential }: StoredCredential): Promise<() => Promise<void>> {
    return () => {
      this.applied = credential;
      return this.session.setPassword(credential);
    };
  }

  /** A session over a protocol without connections is refused once its own password has changed, and one with a connection may have lost it. */
  async putBack(): Promise<void> {
    try {
      await this.session.setPassword(this.before);
    } catch (error: unknown) {
      if (!(error instanceof NoVerdict || error instanceof SignInRefused)) throw error;
      await this.session.end();
      this.session = await this.signInAgain(this.applied);
      await this.session.setPassword(this.before);
    }
  }

  end(): Promise<void> {
    return this.session.end();
  }
}

/** A new sign-in; there is nothing to prepare. */
export async function ownVerification(users: OwnUsers): Promise<Verification> {
  return {
    signIn: (credential) => users.prove(credential),
    end: async () => undefined,
  };
}
