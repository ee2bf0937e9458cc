import { setTimeout as sleep } from 'node:timers/promises';
import { Credential } from './contract/credential';
import { RotationError } from './contract/errors';
import { Rotation } from './rotation';
import { SecretVersion } from './secret-version';
import { RotationConfig } from '../../src/private/rotation-config';

const READ_AGAIN_AFTER_MS = 1_000;
const READS = 4;

/** Does something as the superuser, who is none of the users that are `rotated`. */
export function asSuperuser<T>(
  rotation: Rotation, config: RotationConfig, rotated: readonly string[], work: (superuser: Credential) => Promise<T>,
): Promise<T> {
  return againWhileSuperuserRefused(rotation, async () => {
    const { credential } = await superuserVersion(rotation, config);
    if (rotated.includes(credential.username)) throw superuserIsRotated(rotation, credential);
    return work(credential);
  });
}

/**
 * Work that reads the superuser's secret. That one may be rotated at the very moment: when the sign-in is refused the work is begun again, with jitter, a
 * few times.
 */
export async function againWhileSuperuserRefused<T>({ invocation: { deadline, measurements } }: Rotation, work: () => Promise<T>): Promise<T> {
  for (let read = 1; ; read++) {
    try {
      return await work();
    } catch (error: unknown) {
      const refused = error instanceof RotationError && error.code === 'SUPERUSER_REFUSED';
      if (!refused || read === READS || deadline.remainingMs < 2 * READ_AGAIN_AFTER_MS) throw error;
      measurements.retries++;
      await sleep(READ_AGAIN_AFTER_MS * (0.5 + Math.random()));
    }
  }
}

export async function superuserVersion(rotation: Rotation, { superuserSecretArn }: RotationConfig): Promise<SecretVersion> {
  if (superuserSecretArn === undefined) {
    throw new RotationError('MISCONFIGURED', 'the function was not told the superuser\'s secret', { remedy: 'Give the construct `superuserSecret`; where it has one, deploy it again: it sets ROTATION_CONFIG' });
  }
  const version = await rotation.versions.valueOf(superuserSecretArn);
  if (version.secretArn !== rotation.request.secretArn) return version;
  throw new RotationError('SUPERUSER_IS_THE_SECRET', `${version.secretArn} is both the secret to rotate and the superuser's`, {
    remedy: 'Give the construct another `superuserSecret`, or use SingleUserRotation for the superuser itself',
  });
}

/** Its password would change, and its own secret would not hear of it: no later rotation could sign in. */
function superuserIsRotated({ request }: Rotation, { username }: Credential): RotationError {
  return new RotationError('SUPERUSER_IS_THE_SECRET', `the superuser ${JSON.stringify(username)} is a user whose password the rotation of ${request.secretArn} changes; nothing was changed`, {
    remedy: 'Give the construct the `superuserSecret` of another user, or use SingleUserRotation for the superuser itself',
  });
}
