import { Labels } from './labels';
import { Rotation } from './rotation';
import { ConnectionFacts } from './secret-document';
import { SecretVersion } from './secret-version';
import type { SecretFields } from '../../service';

/** What a strategy says of the value to prepare. */
export interface Preparation {
  /** For AWSCURRENT as read; throws when that version is not one of this rotation's. */
  readonly next: (current: SecretVersion, labels: Labels) => Promise<SecretFields>;
  readonly facts: ConnectionFacts;
}

/** createSecret of every strategy that knows the value beforehand: stores it, once. */
export async function prepare(rotation: Rotation, { next, facts }: Preparation): Promise<void> {
  const { versions, token, invocation: { log } } = rotation;
  const current = await versions.current();
  if (current.versionId === token) return;
  const labels = await rotation.fence(current.versionId);
  noteReplaced(rotation, current, facts);
  const stored = await versions.store(current.document.with(await next(current, labels), facts));
  log.info(`the pending value is ${stored}`, { versionId: token, replacedVersionId: current.versionId });
}

/** What is worth knowing of the version that is about to be replaced. */
export function noteReplaced(rotation: Rotation, { createdDate, document }: SecretVersion, facts: ConnectionFacts): void {
  const { log, measurements } = rotation.invocation;
  if (createdDate !== undefined) measurements.replacedVersionAgeSeconds = (Date.now() - createdDate.getTime()) / 1000;
  const differences = document.differencesFrom(facts);
  if (differences.length > 0) log.warn('AWSCURRENT differs from the configuration; the next version follows the configuration', { detail: differences.join(', ') });
}
