import { Credential } from '../engine/contract/credential';
import { PasswordSession } from '../engine/contract/password-session';
import { OpenSession } from '../engine/cutover';
import { Rotation } from '../engine/rotation';
import { SecretVersion } from '../engine/secret-version';
import { Candidates, SingleCredentialConfig, SingleCredentialStrategy, VerifyingUsers } from '../engine/single-credential';
import { asSuperuser } from '../engine/superuser-secret';

/** What a service must offer so that a superuser can change a user's password. */
export interface SuperuserManagedUsers extends VerifyingUsers {
  /**
   * Signs in as the superuser. `current` is what the session puts back, should the new password fail. Throws a `RotationError` with code
   * SUPERUSER_REFUSED, or `NoVerdict` after retrying until the deadline.
   */
  signIn(superuser: Credential, current: Credential): Promise<PasswordSession>;
  /** Checks, without changing anything, all that a rotation will need. */
  preflight(superuser: Credential, current: Credential): Promise<void>;
}

/** A superuser changes the user's password; it can always set one again, so nothing needs to be recovered. */
export class SuperuserStrategy extends SingleCredentialStrategy {
  constructor(private readonly users: SuperuserManagedUsers, config: SingleCredentialConfig) {
    super(users, config);
  }

  protected adoptedPassword(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** The superuser need not know which password is in force: setting the same one again changes nothing. */
  protected async open(rotation: Rotation, { current }: Candidates): Promise<OpenSession> {
    const session = await asSuperuser(rotation, this.config, [this.config.username], (superuser) => this.users.signIn(superuser, current.credential));
    return { session, pendingInForce: false };
  }

  protected preflight(rotation: Rotation, current: SecretVersion): Promise<void> {
    return asSuperuser(rotation, this.config, [this.config.username], (superuser) => this.users.preflight(superuser, current.credential));
  }
}
