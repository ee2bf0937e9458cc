import { setTimeout as sleep } from 'node:timers/promises';
import { Intent } from './intent';
import type { IssuedCredential, IssuedCredentials, ListedCredential } from '../../../service';
import { NoVerdict, RotationError, RotationErrorCode } from '../../engine/contract/errors';
import { PlacedLabel } from '../../engine/labels';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';
import { NotStored } from '../../engine/secret-versions';

// A service that is eventually consistent may not list what it just made, and count what it just deleted.
const SETTLING_MS = 5_000;
const LOOK_AGAIN_AFTER_MS = 500;

/** Of these codes it is certain that nothing was made; of any other it is not. */
const NOTHING_MADE: readonly RotationErrorCode[] = ['PERMISSION_DENIED', 'USER_MISSING', 'SUPERUSER_REFUSED', 'DEADLINE'];

export interface IssueRequest {
  readonly current: SecretVersion;
  /** What is there now. */
  readonly live: readonly ListedCredential[];
  /** What makes room for the new one. */
  readonly leaving: readonly ListedCredential[];
}

/**
 * Intent, room, issue, store: in this order, so that a crash at any point leaves either nothing, or a credential that the next try knows for its own by
 * the intent, or a version that holds it.
 */
export async function issueAndStore(rotation: Rotation, service: IssuedCredentials, request: IssueRequest): Promise<void> {
  const intent = await placeIntent(rotation, request);
  await makeRoom(rotation, service, request);
  const issued = await issueOnce(rotation, service, request.live);
  const outcome = await storeOrRemove(rotation, service, request.current, issued, intent);
  const listed = outcome === 'stored' ? await listedWith(rotation, service, issued) : await service.list();
  const expected = [issued, ...request.live].map(({ id }) => id);
  // A request that arrived twice made another one: by the intent the next rotation knows it.
  if (listed.every(({ id }) => expected.includes(id))) await rotation.versions.detach(intent);
}

/** Removes credentials, each deactivated first where the service can. */
export async function remove(
  { invocation: { log } }: Rotation, service: IssuedCredentials, credentials: readonly ListedCredential[], why: string,
): Promise<void> {
  for (const { id, active } of credentials) {
    if (active) await service.deactivate?.(id);
    await service.retire(id);
    log.info(`a credential was removed: ${why}`, { detail: id });
  }
}

async function placeIntent({ versions, invocation: { deadline } }: Rotation, { current, live }: IssueRequest): Promise<PlacedLabel> {
  const intent = { label: Intent.label(live, Date.now(), deadline.expiresAt), versionId: current.versionId };
  await versions.attach(intent.label, intent.versionId);
  return intent;
}

/** The labels are read once more: this read is the guard of what follows at once, the removal and the issue. */
async function makeRoom(rotation: Rotation, service: IssuedCredentials, { current, leaving }: IssueRequest): Promise<void> {
  await rotation.fence(current.versionId);
  await remove(rotation, service, leaving, 'it made room for the next one');
}

/**
 * One attempt. Only a definite "no room" is tried again: deletions take a moment to be counted. The intent stays on record after any failure: the request
 * may have arrived twice, and "no room" be the answer to the second.
 */
async function issueOnce(rotation: Rotation, service: IssuedCredentials, live: readonly ListedCredential[]): Promise<IssuedCredential> {
  const { deadline, measurements } = rotation.invocation;
  const knownIds = live.map(({ id }) => id);
  const attempt = async (): Promise<IssuedCredential> => {
    if (deadline.remainingMs === 0) throw outOfTime(rotation);
    return service.issue();
  };
  const noRoomYet = (error: unknown): boolean => error instanceof RotationError && error.code === 'QUOTA_EXCEEDED';
  try {
    return await deadline.atMost(SETTLING_MS).retry(attempt, noRoomYet, () => { measurements.retries++; });
  } catch (error: unknown) {
    if (noRoomYet(error)) throw await noRoom(rotation, service, knownIds, error as RotationError);
    throw isDefinite(error) ? error : uncertain(rotation, error);
  }
}

function isDefinite(error: unknown): boolean {
  return error instanceof RotationError && !(error instanceof NoVerdict) && NOTHING_MADE.includes(error.code);
}

/** A token holds one value: whoever stored first has won, and what we made and could not store is ours to remove, by its id. */
async function storeOrRemove(
  rotation: Rotation, service: IssuedCredentials, current: SecretVersion, issued: IssuedCredential, intent: PlacedLabel,
): Promise<'stored' | 'already stored'> {
  const { versions, invocation: { log }, token } = rotation;
  const ours: ListedCredential = { id: issued.id, createdAt: new Date(), active: true };
  try {
    const outcome = await versions.store(current.document.with(issued.fields, service.facts ?? {}));
    if (outcome === 'already stored') await remove(rotation, service, [ours], 'another invocation stored one first');
    log.info(`the new credential is ${outcome}`, { versionId: token, replacedVersionId: current.versionId, detail: issued.id });
    return outcome;
  } catch (error: unknown) {
    if (!(error instanceof NotStored)) throw error;
    await remove(rotation, service, [ours], 'it could not be stored');
    await versions.detach(intent);
    throw error;
  }
}

/** Somebody may have deleted it between its issue and its storage: then the version names nothing, and the next token must begin anew. */
async function listedWith(rotation: Rotation, service: IssuedCredentials, { id }: IssuedCredential): Promise<readonly ListedCredential[]> {
  for (const started = Date.now(); ; await sleep(LOOK_AGAIN_AFTER_MS)) {
    const listed = await service.list();
    const noTimeToTell = rotation.invocation.deadline.remainingMs < LOOK_AGAIN_AFTER_MS; // finishSecret verifies it in any case
    if (listed.some((credential) => credential.id === id) || noTimeToTell) return listed;
    if (Date.now() - started > SETTLING_MS) break;
  }
  await rotation.versions.giveUpPending(await rotation.fence());
  throw new RotationError('CREDENTIAL_VANISHED', `the credential ${id}, just made for ${rotation.request.secretArn}, is not there any more; the rotation is given up`, {
    remedy: 'Somebody deleted it, or another tool manages the same credentials: stop that, then call RotateSecret',
  });
}

function uncertain({ request }: Rotation, cause: unknown): RotationError {
  const reason = cause instanceof RotationError ? cause.reason : 'unexpected error';
  return new RotationError('ISSUE_UNCERTAIN', `whether a credential was made for ${request.secretArn} is not known (${reason}); AWSCURRENT is untouched`, {
    remedy: 'Secrets Manager retries the rotation: it finds out, and removes one that was made and lost',
    cause,
  });
}

async function noRoom({ request }: Rotation, service: IssuedCredentials, knownIds: readonly string[], cause: RotationError): Promise<RotationError> {
  const appeared = (await service.list()).filter(({ id }) => !knownIds.includes(id)).map(({ id }) => id);
  const detail = appeared.length > 0 ? `: ${appeared.join(' and ')} appeared meanwhile` : '';
  return new RotationError('QUOTA_EXCEEDED', `the service has no room for another credential of ${request.secretArn}${detail}; AWSCURRENT is untouched`, {
    remedy: 'Nothing is deleted to make it pass. See which credentials exist and who made them; the next try looks again',
    cause,
  });
}

function outOfTime({ request }: Rotation): RotationError {
  return new RotationError('DEADLINE', `too little time was left to make a credential for ${request.secretArn} and store it; nothing was made`, {
    remedy: 'Secrets Manager retries the rotation. If it repeats, raise `timeout`',
  });
}
