import { setTimeout as sleep } from 'node:timers/promises';
import { retireBetween } from './early-retirement';
import { Intent } from './intent';
import { issueAndStore, remove } from './issuing';
import { judge, Judgement } from './judgement';
import { preflight } from './preflight';
import { assertRetirable } from './retirement';
import { KEPT, Named, Survey, survey } from './survey';
import type { IssuedCredentials, ListedCredential } from '../../../service';
import { MultiCredentialConfig } from '../../../src/private/rotation-config';
import { RotationError, SignInRefused } from '../../engine/contract/errors';
import { Labels, RECOVERY } from '../../engine/labels';
import { testRequest } from '../../engine/preflight';
import { noteReplaced } from '../../engine/prepare';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';
import { RotationStrategy } from '../../engine/strategy';
import { Propagation, verifyPropagated } from '../propagation';

/**
 * The service makes up the credential and shows it once: whatever is made must be stored or found again. Which credential is whose is told by identity:
 * by what labelled versions name, and by the intent that was on record before one was made. "The oldest" is never a criterion.
 */
export class IssuedStrategy implements Required<RotationStrategy> {
  constructor(
    private readonly service: IssuedCredentials,
    private readonly config: MultiCredentialConfig,
    private readonly propagation: Propagation,
  ) {}

  async createSecret(rotation: Rotation): Promise<void> {
    const current = await rotation.versions.current();
    if (current.versionId === rotation.token) return;
    const labels = await rotation.fence(current.versionId);
    if (labels.has(rotation.token, RECOVERY)) return; // PutSecretValue puts it there: this version has its value
    noteReplaced(rotation, current, this.service.facts ?? {});
    const seen = await survey(rotation, this.service, current, labels);
    const judged = judge(seen, rotation.request.secretArn, this.service.slots, await this.everUsed(seen), Date.now());
    if (judged.waitUntilMs !== undefined) {
      await waitUntil(rotation, judged.waitUntilMs);
      return this.createSecret(rotation);
    }
    await this.clearOrphans(rotation, seen, judged);
    await this.obtain(rotation, labels, { ...seen, live: seen.live.filter((credential) => !judged.orphans.includes(credential)) }, judged);
  }

  /** Everything was done in createSecret, which stores what it makes; a late repetition has nothing to do. */
  async setSecret(): Promise<void> {
    return undefined;
  }

  /** Only labels are checked within a rotation: the invocation that promotes verifies. */
  async testSecret(rotation: Rotation): Promise<void> {
    const request = await testRequest(rotation);
    if (request.kind === 'preflight') await preflight(rotation, this.service, request.current);
  }

  async finishSecret(rotation: Rotation): Promise<void> {
    const pending = await rotation.pending();
    if (pending === 'already current') return;
    const ageMs = Date.now() - (pending.createdDate?.getTime() ?? 0);
    await sleep(Math.min(Math.max(0, this.propagation.afterMs - ageMs), rotation.invocation.deadline.remainingMs));
    await verifyPropagated(this.service, pending.document.fields, rotation.invocation, this.propagation);
    const labels = await rotation.fence();
    await rotation.promotion.promote(labels.current());
  }

  async retire(rotation: Rotation): Promise<void> {
    await retireBetween(rotation, this.service, this.config);
  }

  /** Whoever had the secret of a credential that no label names has used it, or may yet: it is no orphan. */
  private async everUsed({ live, namedIds, intents }: Survey): Promise<ReadonlySet<string>> {
    const suspects = live.filter((credential) => !namedIds.has(credential.id) && intents.some((intent) => intent.explains(credential)));
    const used = new Set<string>();
    for (const { id } of suspects) {
      if (await this.service.lastUsed?.(id) !== undefined) used.add(id);
    }
    return used;
  }

  /** Intents go after what they explain, or once there is nothing left that they could: not before what they stand for is surely listed. */
  private async clearOrphans(rotation: Rotation, { current, intents }: Survey, { orphans }: Judgement): Promise<void> {
    if (orphans.length > 0) {
      await rotation.fence(current.versionId);
      await remove(rotation, this.service, orphans, 'a rotation made it and was ended before it could store it');
    }
    const isDone = (intent: Intent): boolean => intent.isSettled(Date.now()) || orphans.some((orphan) => intent.explains(orphan));
    for (const intent of intents.filter(isDone)) await rotation.versions.detach(intent.placed);
  }

  private async obtain(rotation: Rotation, labels: Labels, seen: Survey, { retirable }: Judgement): Promise<void> {
    const { current, currentId, live, previous } = seen;
    const adopted = await this.adoptable(seen);
    const leaving = retirable.filter(({ id }) => id !== adopted?.id);
    for (const credential of leaving) await assertRetirable(this.service, credential, seen, this.config, Date.now());
    const isLive = (id: string | undefined): boolean => live.some((credential) => credential.id === id);
    if (!isLive(currentId) && previous && isLive(previous.id)) {
      await rotation.versions.attach(KEPT, previous.version.versionId, labels.versionWith(KEPT));
    }
    if (adopted !== undefined) return this.adopt(rotation, current, adopted, leaving);
    if (live.length - leaving.length >= this.service.slots) throw noRoom(rotation, live);
    await issueAndStore(rotation, this.service, { current, live, leaving });
  }

  /** What a cancelled rotation stored is taken over if it works; one that the service refuses is nobody's, and leaves like any other. */
  private async adoptable({ live, recoverable }: Survey): Promise<Named | undefined> {
    if (recoverable === undefined || !live.some(({ id, active }) => active && id === recoverable.id)) return undefined;
    try {
      await this.service.verify(recoverable.version.document.fields);
      return recoverable;
    } catch (error: unknown) {
      if (error instanceof SignInRefused) return undefined;
      throw error;
    }
  }

  /** By copy, so that moving the recovery label loses nothing. */
  private async adopt(rotation: Rotation, current: SecretVersion, { id, version }: Named, leaving: readonly ListedCredential[]): Promise<void> {
    await rotation.fence(current.versionId);
    await remove(rotation, this.service, leaving, 'it made room for the next one');
    await rotation.versions.store(version.document.with({}, this.service.facts ?? {}));
    rotation.invocation.log.warn('the credential of a rotation that did not finish is adopted', { versionId: version.versionId, detail: id });
  }
}

/** For as long as this invocation can; the next one goes on from there. */
async function waitUntil({ request, invocation: { deadline, measurements } }: Rotation, untilMs: number): Promise<void> {
  measurements.retries++;
  const waitMs = Math.max(0, untilMs - Date.now()) + 1;
  await sleep(Math.min(waitMs, deadline.remainingMs));
  if (waitMs < deadline.remainingMs || Date.now() > untilMs) return;
  throw new RotationError('ISSUE_IN_PROGRESS', `another invocation for ${request.secretArn} may still be storing a credential that it made`, {
    remedy: 'Nothing needs to be done: the next try waits until that one must have ended, and removes the credential if it was not stored',
  });
}

function noRoom({ request }: Rotation, live: readonly ListedCredential[]): RotationError {
  return new RotationError('QUOTA_EXCEEDED', `the credentials ${live.map(({ id }) => id).join(', ')} of ${request.secretArn} leave no room for another; nothing was changed`, {
    remedy: 'A label that is not ours keeps a version that names one of them: remove that label, or delete the credential once nobody uses it, then call RotateSecret',
  });
}
