import type { OwnSession } from './own-session';
import type { OwnUsers } from './own-users';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { PasswordSession, Verification } from '../../engine/contract/password-session';

/** Clients are refused while a sign-in waits for a service that is busy or unreachable: better to put the old password back soon. */
const LONGEST_WAIT_MS = 5_000;

/** Opens a session anew, once the first is lost; `applied` is the password that it may have set. */
type SignInAgain = (applied: Credential | undefined) => Promise<OwnSession>;

/** Changes a user's password through a session of the service, and sets the one before again if need be. */
export class OwnPasswordSession implements PasswordSession {
  private applied?: Credential;

  constructor(
    private readonly users: OwnUsers, private session: OwnSession, private readonly before: Credential, private readonly signInAgain: SignInAgain,
  ) {}

  /** The service has no lock that we know of: the fence on the labels is what guarantees. */
  async lock(): Promise<void> {
    return undefined;
  }

  async prepareChange({ credential }: StoredCredential): Promise<() => Promise<void>> {
    return async () => {
      this.applied = credential;
      // A refusal may be the answer to a second try of the service's own, after a first that was made.
      await this.set(credential, (error) => hasFailed(error) || error instanceof SignInRefused);
    };
  }

  /** A session over a protocol without connections is refused once its own password has changed, and one with a connection may have lost it. */
  async putBack(): Promise<void> {
    try {
      await this.set(this.before, hasFailed);
    } catch (error: unknown) {
      if (!(error instanceof NoVerdict || error instanceof SignInRefused)) throw error;
      await this.session.end();
      this.session = await this.signInAgain(this.applied);
      await this.set(this.before, hasFailed);
    }
  }

  end(): Promise<void> {
    return this.session.end();
  }

  /** A service that fails in a way that it does not name may have done it all the same: an answer that it could not read. One sign-in tells. */
  private async set(credential: Credential, isOpen: (error: unknown) => boolean): Promise<void> {
    try {
      await this.session.setPassword(credential);
    } catch (error: unknown) {
      if (!isOpen(error)) throw error;
      await this.users.prove(credential, LONGEST_WAIT_MS).catch((proof: unknown) => { throw proof instanceof SignInRefused ? error : proof; });
      const { log } = this.users.invocation;
      log.warn('the service failed to set the password, and yet it signs in', { username: credential.username, detail: error instanceof RotationError ? error.reason : undefined });
    }
  }
}

/** A new sign-in; there is nothing to prepare. */
export async function ownVerification(users: OwnUsers): Promise<Verification> {
  let goodbye: Promise<void> | undefined;
  return {
    signIn: async (credential) => {
      const session = await users.signIn(credential, LONGEST_WAIT_MS);
      goodbye = session.end(); // not waited for: clients are refused until the promotion
    },
    end: async () => goodbye,
  };
}

function hasFailed(error: unknown): boolean {
  return error instanceof RotationError && error.code === 'SERVICE_FAILED';
}
