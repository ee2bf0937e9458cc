import { RotationError } from './contract/errors';
import { SecretVersion } from './secret-version';

/** Whom to sign in as comes from the construct's configuration alone; whoever may write the secret can't steer it (confused deputy). */
export function assertUsername(version: SecretVersion, configured: readonly string[]): void {
  const { username } = version.credential;
  if (configured.includes(username)) return;
  throw new RotationError('USERNAME_NOT_CONFIGURED', `version ${version.versionId} of ${version.secretArn} is for user ${JSON.stringify(username)}, but this rotation is configured for ${configured.map((name) => JSON.stringify(name)).join(' and ')}`, {
    remedy: 'Move AWSCURRENT to a version with a configured user, or deploy the construct with the `username` that the secret has',
  });
}
