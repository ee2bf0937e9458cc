import { judge } from './judgement';
import { survey } from './survey';
import type { IssuedCredentials } from '../../../service';
import { RotationError } from '../../engine/contract/errors';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';

/** Checks, without changing anything, all that a rotation will need and that a read can tell. */
export async function preflight(rotation: Rotation, service: IssuedCredentials, current: SecretVersion): Promise<void> {
  const { secretArn } = rotation.request;
  const seen = await survey(rotation, service, current, await rotation.versions.labels());
  judge(seen, secretArn, service.slots, new Set(), Date.now());
  if (!seen.live.some(({ id }) => id === seen.currentId)) {
    throw new RotationError('PREFLIGHT_FAILED', `AWSCURRENT of ${secretArn} names no credential that the service has: clients are refused now`, {
      remedy: 'Store the members of a live one in the secret, or call RotateSecret to have one made',
    });
  }
  await service.verify(current.document.fields);
}
