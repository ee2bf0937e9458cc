import type { IssuedCredentials } from '../../../service';
import { MultiCredentialConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS, Labels } from '../../engine/labels';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';

/** Our label on the version whose credential we deactivated: once. Whoever activates it again has a reason, and is not overruled. */
const DEACTIVATED = 'cdk-secret-rotation/deactivated';

/**
 * The step `retire`, between two rotations: deactivates the credential before the current one, so that a client that was forgotten shows while
 * the credential can still be brought back. It changes nothing while a rotation is under way, after a roll-back by hand, or a second time.
 */
export async function retireBetween(rotation: Rotation, service: IssuedCredentials, config: MultiCredentialConfig): Promise<void> {
  const { deactivateAfterSeconds } = config;
  if (deactivateAfterSeconds === undefined || service.deactivate === undefined) throw notAsked(rotation);
  const { versions, invocation: { log } } = rotation;
  const [current, previous] = [await versions.current(), await versions.previous()];
  if (previous === undefined || isTooSoon(current, previous, deactivateAfterSeconds)) return;
  const [currentId, previousId] = [service.idOf(current.document.fields), service.idOf(previous.document.fields)];
  const live = await service.list();
  const isActive = (id: string | undefined): boolean => live.some((credential) => credential.active && credential.id === id);
  if (previousId === undefined || previousId === currentId || !isActive(currentId) || !isActive(previousId)) return;
  const labels = await versions.labels();
  if (!isSettled(labels, current, previous)) return;
  await service.deactivate(previousId);
  await versions.attach(DEACTIVATED, previous.versionId, labels.versionWith(DEACTIVATED));
  log.info('the credential before the current one was deactivated; whoever still uses it is refused now', { versionId: previous.versionId, detail: previousId });
}

/** Also when AWSCURRENT was moved back to the older version: since when clients use it is not known. */
function isTooSoon(current: SecretVersion, previous: SecretVersion, deactivateAfterSeconds: number): boolean {
  const currentAt = current.createdDate?.getTime() ?? Date.now();
  return Date.now() - currentAt < deactivateAfterSeconds * 1_000 || (previous.createdDate?.getTime() ?? 0) > currentAt;
}

function isSettled(labels: Labels, current: SecretVersion, previous: SecretVersion): boolean {
  const pending = labels.versionWith(AWSPENDING);
  const isIdle = pending === undefined || pending === current.versionId;
  const isUnmoved = labels.has(current.versionId, AWSCURRENT) && labels.has(previous.versionId, AWSPREVIOUS);
  return isIdle && isUnmoved && !labels.has(previous.versionId, DEACTIVATED);
}

function notAsked({ request }: Rotation): RotationError {
  return new RotationError('MISCONFIGURED', `the rotation of ${request.secretArn} is not configured to deactivate anything between two rotations`, {
    remedy: 'Set `deactivateAfter` for a service that can deactivate, or remove the schedule that asks for the step retire',
  });
}
