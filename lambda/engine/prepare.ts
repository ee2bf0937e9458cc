import { Credential } from './contract/credential';
import { Labels } from './labels';
import { Rotation } from './rotation';
import { ConnectionFacts } from './secret-document';
import { SecretVersion } from './secret-versions';

/** What a strategy says of the value to prepare. */
export interface Preparation {
  /** For AWSCURRENT as read; throws when that version is not one of this rotation's. */
  readonly next: (current: SecretVersion, labels: Labels) => Promise<Credential>;
  readonly facts: ConnectionFacts;
}

/** createSecret of every strategy: stores the pending value, once. */
export async function prepare(rotation: Rotation, { next, facts }: Preparation): Promise<void> {
  const { versions, token, invocation: { log, measurements } } = rotation;
  const current = await versions.current();
  if (current.versionId === token) return;
  const labels = await rotation.fence(current.versionId);
  if (current.createdDate !== undefined) measurements.replacedVersionAgeSeconds = (Date.now() - current.createdDate.getTime()) / 1000;
  const differences = current.document.differencesFrom(facts);
  if (differences.length > 0) log.warn('AWSCURRENT differs from the configuration; the next version follows the configuration', { detail: differences.join(', ') });
  const stored = await versions.store(current.document.with(await next(current, labels), facts));
  log.info(`the pending value is ${stored}`, { versionId: token, replacedVersionId: current.versionId });
}
