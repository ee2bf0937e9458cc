import { Intent } from './intent';
import { Survey } from './survey';
import type { ListedCredential } from '../../../service';
import { RotationError } from '../../engine/contract/errors';

/** What is to be done about the credentials that are there, before a new one is made. */
export interface Judgement {
  /** Made by an invocation of ours that died before it could store them: nobody has their secret. */
  readonly orphans: readonly ListedCredential[];
  /** Invocations that may still be at work on an orphan are dead then. Milliseconds since the epoch. */
  readonly waitUntilMs?: number;
  /** Named by a version before AWSCURRENT: they make room, where the rule of `retirement.ts` lets them. */
  readonly retirable: readonly ListedCredential[];
}

/**
 * Tells the credentials apart by identity, never by age: what a labelled version names; what an intent of ours explains and nobody ever used; and strangers,
 * which are never touched. Throws where no rotation is possible without a human.
 *
 * @param everUsed whether a credential that no label names was used
 */
export function judge(survey: Survey, secretArn: string, slots: number, everUsed: ReadonlySet<string>, now: number): Judgement {
  const { live, currentId, namedIds, intents } = survey;
  const currentOne = live.find(({ id }) => id === currentId);
  if (currentOne?.active === false) throw inactive(secretArn, currentOne);
  const unnamed = live.filter(({ id }) => !namedIds.has(id));
  const explaining = (credential: ListedCredential): readonly Intent[] =>
    everUsed.has(credential.id) ? [] : intents.filter((intent) => intent.explains(credential));
  const orphans = unnamed.filter((credential) => explaining(credential).length > 0);
  const foreign = unnamed.filter((credential) => !orphans.includes(credential));
  if (currentOne === undefined && (live.length - orphans.length >= slots || keepsTwo(survey))) throw missing(secretArn, currentId, live, survey);
  if (slots - foreign.length < 2) throw strangers(secretArn, foreign, slots);
  const open = orphans.flatMap(explaining).filter((intent) => intent.isOpen(now));
  return {
    orphans,
    waitUntilMs: open.length > 0 ? Math.max(...open.map(({ untilMs }) => untilMs)) : undefined,
    retirable: currentOne === undefined ? [] : live.filter(({ id }) => retirableIds(survey).includes(id)),
  };
}

/** Never what AWSCURRENT names, nor what only a label of somebody else's does. */
function retirableIds({ previous, kept, recoverable }: Survey): string[] {
  return [previous, kept, recoverable].flatMap((named) => named?.id ?? []);
}

/** One label of ours can keep one credential. */
function keepsTwo({ live, previous, kept }: Survey): boolean {
  return new Set([previous?.id, kept?.id].filter((id) => live.some((credential) => credential.id === id))).size > 1;
}

function inactive(secretArn: string, { id }: ListedCredential): RotationError {
  return new RotationError('CREDENTIAL_INACTIVE', `the credential ${id} that AWSCURRENT of ${secretArn} names is inactive: its clients are refused now; nothing was changed`, {
    remedy: 'Somebody deactivated it. Activate it again, or move AWSCURRENT to a version whose credential is active, then call RotateSecret',
  });
}

function missing(secretArn: string, currentId: string | undefined, live: readonly ListedCredential[], { previous }: Survey): RotationError {
  const named = currentId === undefined ? 'names no credential' : `names ${currentId}, which does not exist any more`;
  const way = previous && live.some(({ id }) => id === previous.id)
    ? `AWSPREVIOUS (version ${previous.version.versionId}) names ${previous.id}, which does: move AWSCURRENT there`
    : 'Delete one of them by hand once nobody uses it';
  return new RotationError('CREDENTIAL_MISSING', `AWSCURRENT of ${secretArn} ${named}, and there is no room for another beside ${list(live)}; nothing was changed`, {
    remedy: `${way}, then call RotateSecret`,
  });
}

function strangers(secretArn: string, foreign: readonly ListedCredential[], slots: number): RotationError {
  return new RotationError('FOREIGN_CREDENTIAL', `${list(foreign)} is none that the rotation of ${secretArn} made, and of the ${slots} that the service allows it leaves no two to rotate between; nothing was changed`, {
    remedy: 'What we did not make is never deleted. Move its users to the secret and delete it by hand, or store it as the secret\'s value to have it rotated; then call RotateSecret',
  });
}

function list(credentials: readonly ListedCredential[]): string {
  return credentials.map(({ id }) => id).join(' and ');
}
