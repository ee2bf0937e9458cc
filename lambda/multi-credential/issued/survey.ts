import { Intent } from './intent';
import type { IssuedCredentials, ListedCredential } from '../../../service';
import { AWSPREVIOUS, Labels, RECOVERY } from '../../engine/labels';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';

/**
 * Our label on a version whose credential lives on though AWSPREVIOUS has left it: the current one was deleted by hand, and nothing is retired then. Without it
 * the next rotation would take that credential for a stranger's.
 */
export const KEPT = 'cdk-secret-rotation/kept';

/** A labelled version and the credential that it names. */
export interface Named {
  readonly id: string;
  readonly version: SecretVersion;
}

/** What the service and the labels say, before anything is done. */
export interface Survey {
  readonly live: readonly ListedCredential[];
  readonly current: SecretVersion;
  readonly currentId?: string;
  /** What AWSPREVIOUS names, unless AWSCURRENT names the same. */
  readonly previous?: Named;
  /** What an earlier rotation left alone. */
  readonly kept?: Named;
  /** What a rotation that did not finish stored. */
  readonly recoverable?: Named;
  /** Every credential that a labelled version names. */
  readonly namedIds: ReadonlySet<string>;
  readonly intents: readonly Intent[];
}

/** Labelled versions are read only where the service has more than what AWSCURRENT names. */
export async function survey(rotation: Rotation, service: IssuedCredentials, current: SecretVersion, labels: Labels): Promise<Survey> {
  const live = await service.list();
  const currentId = service.idOf(current.document.fields);
  const others = live.some(({ id }) => id !== currentId) ? await namedByOthers(rotation, service, current, labels) : [];
  const at = (label: string): Named | undefined => others.find(({ id, version }) => id !== currentId && labels.has(version.versionId, label));
  return {
    live,
    current,
    currentId,
    previous: at(AWSPREVIOUS),
    kept: at(KEPT),
    recoverable: unfinished(at(RECOVERY), labels),
    namedIds: new Set([currentId, ...others.map(({ id }) => id)].filter((id) => id !== undefined)),
    intents: Intent.readAll(labels),
  };
}

async function namedByOthers(rotation: Rotation, service: IssuedCredentials, current: SecretVersion, labels: Labels): Promise<Named[]> {
  const named: Named[] = [];
  for (const versionId of labels.versions.filter((id) => id !== current.versionId && id !== rotation.token)) {
    const version = await rotation.versions.versionIfThere(versionId);
    const id = version && service.idOf(version.document.fields);
    if (version !== undefined && id !== undefined) named.push({ id, version });
  }
  return named;
}

/** On AWSPREVIOUS the recovery label means nothing. */
function unfinished(named: Named | undefined, labels: Labels): Named | undefined {
  return named && labels.has(named.version.versionId, AWSPREVIOUS) ? undefined : named;
}
