import { Survey } from './survey';
import type { IssuedCredentials, ListedCredential } from '../../../service';
import { MultiCredentialConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/** Whoever holds the credential before the current one had this long to move on: the defaults of the construct. Seconds. */
const DEFAULT_GRACE_S = 86_400;
const DEFAULT_MAX_WAIT_S = 90 * 86_400;

/** What decides whether a credential may go. */
export type RetirementRule = Pick<MultiCredentialConfig, 'graceSeconds' | 'maxWaitSeconds'>;

/**
 * A credential that clients may still hold goes when it was not used for `grace`, or when the current one is older than `maxWait`; else the rotation fails
 * and says who uses it. Where the service does not tell, the age of the current one stands for it.
 */
export async function assertRetirable(
  service: IssuedCredentials, { id }: ListedCredential, survey: Survey, rule: RetirementRule, now: number,
): Promise<void> {
  const graceMs = (rule.graceSeconds ?? DEFAULT_GRACE_S) * 1_000;
  const currentAgeMs = now - (survey.current.createdDate?.getTime() ?? now);
  if (!wasRolledBack(survey) && currentAgeMs > (rule.maxWaitSeconds ?? DEFAULT_MAX_WAIT_S) * 1_000) return;
  if (service.lastUsed === undefined) {
    if (currentAgeMs >= graceMs) return;
    throw inUse(survey, id, `may still be in use: the one that took its place is only ${minutes(currentAgeMs)} old`);
  }
  const use = await service.lastUsed(id);
  if (use === undefined || now - use.at.getTime() >= graceMs) return;
  throw inUse(survey, id, `was used ${minutes(now - use.at.getTime())} ago${use.by === undefined ? '' : ` (${use.by})`}`);
}

/** Somebody moved AWSCURRENT back to the older version: since when clients use the other is not known. */
function wasRolledBack({ current, previous }: Survey): boolean {
  return (previous?.version.createdDate?.getTime() ?? 0) > (current.createdDate?.getTime() ?? 0);
}

function inUse({ current }: Survey, id: string, how: string): RotationError {
  return new RotationError('CREDENTIAL_IN_USE', `the credential ${id}, which has to make room in the rotation of ${current.secretArn}, ${how}; nothing was changed`, {
    remedy: 'Find the client and have it read the secret again. The rotation goes on once the credential was not used for `grace`, or the current one is older than `maxWait`',
  });
}

function minutes(milliseconds: number): string {
  return `${Math.floor(milliseconds / 60_000)} minutes`;
}
