import { StoredCredential } from './credential';

/**
 * A session at the service that may change one user's password: the user's own, or a superuser's. All calls on it
 * are strictly sequential. A lost connection makes each of them throw `NoVerdict`.
 */
export interface PasswordSession {
  /**
   * Waits for the lock on this user that other rotations respect, until the deadline; held until `end()`.
   * Best effort where a service has none: the fence on the labels is what guarantees.
   */
  lock(): Promise<void>;
  /**
   * Does all that can be done before the change, and changes nothing: whatever can be refused is refused here. The returned change makes the
   * service accept `pending` and refuse what it accepted before. Repeatable: the same pending gives the same state. The change throws
   * `PasswordRejected` when the server definitely refuses the value, `NoVerdict` when the outcome is unknown, and other
   * `RotationError`s when nothing was changed and a retry would not help.
   */
  prepareChange(pending: StoredCredential): Promise<() => Promise<void>>;
  /** Makes the service accept again exactly what it accepted when this session was opened. Only valid after a change. */
  putBack(): Promise<void>;
  /** Closes the session and gives up the lock; never throws. */
  end(): Promise<void>;
}

/** A new sign-in that proves a credential, prepared as far as possible beforehand so that it costs little time. */
export interface Verification {
  /** Throws `SignInRefused`, or `NoVerdict` after retrying until the deadline. */
  signIn(credential: StoredCredential['credential']): Promise<void>;
  /** Never throws. */
  end(): Promise<void>;
}
