import { Credential } from '../engine/contract/credential';
import { RotationError, SignInRefused } from '../engine/contract/errors';
import { PasswordSession } from '../engine/contract/password-session';
import { OpenSession } from '../engine/cutover';
import { AWSPREVIOUS, Labels, RECOVERY } from '../engine/labels';
import { Rotation } from '../engine/rotation';
import { SecretVersion } from '../engine/secret-version';
import { Candidates, SingleCredentialConfig, SingleCredentialStrategy, VerifyingUsers } from '../engine/single-credential';

/** What a service must offer so that a user can change its own password. */
export interface SelfServingUsers extends VerifyingUsers {
  /** Signs in as the user. Throws `SignInRefused`, or `NoVerdict` after retrying until the deadline. */
  signIn(credential: Credential): Promise<PasswordSession>;
  /** Checks, without changing anything, all that a rotation will need. */
  preflight(current: Credential): Promise<void>;
}

/** The user changes its own password. */
export class SingleUserStrategy extends SingleCredentialStrategy {
  constructor(private readonly users: SelfServingUsers, config: SingleCredentialConfig) {
    super(users, config);
  }

  /**
   * A rotation that was cancelled after the service accepted its password left that password nowhere but in the version with the
   * recovery label. The new version adopts it by copy, so that moving the label loses nothing.
   */
  protected async adoptedPassword(rotation: Rotation, current: SecretVersion, labels: Labels): Promise<string | undefined> {
    const recoverable = labels.versionWith(RECOVERY);
    const settled = [current.versionId, labels.versionWith(AWSPREVIOUS), rotation.token];
    if (recoverable === undefined || settled.includes(recoverable)) return undefined;
    const version = await rotation.versions.version(recoverable);
    if (version.credential.username !== this.config.username) return undefined; // left by a rotation of other users, before the construct was replaced
    rotation.invocation.log.warn('the password of a rotation that did not finish is adopted', { versionId: recoverable });
    return version.credential.password;
  }

  /** The password in force is normally AWSCURRENT's; after a crash AWSPENDING's; after a restore of the service AWSPREVIOUS's. */
  protected async open(rotation: Rotation, { current, pending }: Candidates): Promise<OpenSession> {
    const changedBefore = this.stepwise && rotation.request.step === 'finishSecret'; // in AWS's order setSecret does it: no refused sign-in
    const order = changedBefore ? [pending, current] : [current, pending];
    for (const version of new Set(order)) {
      const session = await this.signInUnlessRefused(version);
      if (session !== undefined) return { session, pendingInForce: version === pending };
    }
    const previous = await rotation.versions.previous();
    const session = previous?.credential.username === this.config.username ? await this.signInUnlessRefused(previous) : undefined;
    if (session === undefined) throw noneAccepted(rotation);
    rotation.invocation.log.warn('only the password of AWSPREVIOUS signed in: the service may have been restored from an older state', { label: AWSPREVIOUS });
    return { session, pendingInForce: false };
  }

  protected preflight(_rotation: Rotation, current: SecretVersion): Promise<void> {
    return this.users.preflight(current.credential);
  }

  private async signInUnlessRefused(version: SecretVersion): Promise<PasswordSession | undefined> {
    try {
      return await this.users.signIn(version.credential);
    } catch (error: unknown) {
      if (error instanceof SignInRefused) return undefined;
      throw error;
    }
  }
}

function noneAccepted(rotation: Rotation): RotationError {
  return new RotationError('SIGN_IN_REFUSED', `the user was refused with the passwords of AWSCURRENT, AWSPENDING and AWSPREVIOUS of ${rotation.request.secretArn}`, {
    remedy: 'The password was changed outside, or the service was restored from an older state. Move AWSCURRENT to the version that signs in (ListSecretVersionIds shows their dates), set the user\'s password to AWSCURRENT\'s by hand, or use SuperuserRotation',
  });
}
