import type { IamRotationConfig } from '../../../src/private/rotation-config';
import { isServiceAnswer, nameOf, outcomeOf } from '../../engine/contract/aws-calls';
import { NoVerdict, RotationError } from '../../engine/contract/errors';

/** What the rotation asks of IAM; the name of the permission, too. */
export type IamAction = 'ListAccessKeys' | 'CreateAccessKey' | 'GetAccessKeyLastUsed' | 'UpdateAccessKey' | 'DeleteAccessKey';

/** Our error for a call to IAM that failed. Without its cause: the SDK keeps the answer in it, and that of CreateAccessKey holds the secret key. */
export function iamError(action: IamAction, config: IamRotationConfig, error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const outcome = outcomeOf(error);
  if (outcome === 'busy') return busy(action, config, error);
  if (outcome === 'unknown') return noAnswer(action, config, describe(error));
  if (isNoSuchEntity(error)) return userMissing(config);
  if (/^AccessDenied/.test(nameOf(error))) return permissionDenied(action, config, error);
  if (action === 'CreateAccessKey' && /^LimitExceeded/.test(nameOf(error))) return quotaExceeded(config);
  return new RotationError('SERVICE_FAILED', `${call(action, config)} was refused (${described(error)})`, {
    remedy: 'Look the error up in the API reference of IAM, and whether an SCP or the function\'s own credentials are the reason',
  });
}

/** An answer that lacks what it must hold: as good as none. */
export function noAnswer(action: IamAction, config: IamRotationConfig, detail: string): NoVerdict {
  return new NoVerdict('SERVICE_UNREACHABLE', `${call(action, config)} brought no answer (${detail})`, {
    remedy: 'See that the function reaches IAM at port 443. In a VPC it needs a way out, such as a NAT gateway: IAM\'s endpoint is the same for all Regions of a partition, and outside of most. Secrets Manager retries the rotation',
  });
}

export function isNoSuchEntity(error: unknown): boolean {
  return outcomeOf(error) === 'refused' && /^NoSuchEntity/.test(nameOf(error));
}

export function keyMissing(id: string, { userName }: IamRotationConfig): RotationError {
  return new RotationError('CREDENTIAL_MISSING', `the access key ${id} of the user ${userName} was deleted meanwhile`, {
    remedy: 'Secrets Manager retries the rotation, which lists the keys anew. Rotate by RotateSecret, not by hand',
  });
}

/** Throttled calls are turned away before IAM looks at them: after SERVICE_BUSY no key was made. */
function busy(action: IamAction, config: IamRotationConfig, error: unknown): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `${call(action, config)} was not executed: IAM is busy (${describe(error)})`, {
    remedy: 'IAM throttles an account as a whole: see in CloudTrail who calls it so often. Secrets Manager retries the rotation',
  });
}

function userMissing({ userName, userArn }: IamRotationConfig): RotationError {
  return new RotationError('USER_MISSING', `the user ${userName} (${userArn}) does not exist`, {
    remedy: 'Create it again under this name and path, or delete the rotation; its access keys are gone with it, and the next rotation issues a new one',
  });
}

function permissionDenied(action: IamAction, config: IamRotationConfig, error: unknown): RotationError {
  return new RotationError('PERMISSION_DENIED', `${call(action, config)} was denied (${described(error)})`, {
    remedy: `The function's role needs iam:${action} on ${config.userArn}, and the construct grants it: look for a deny in an SCP, in the role's permissions boundary or in the policy of an interface endpoint`,
  });
}

function quotaExceeded({ userName }: IamRotationConfig): RotationError {
  return new RotationError('QUOTA_EXCEEDED', `the user ${userName} has as many access keys as IAM allows; none was made`, {
    remedy: `Delete the one that nobody needs: aws iam list-access-keys --user-name ${userName}. The rotation deletes only keys that it made itself`,
  });
}

function call(action: IamAction, { userName }: IamRotationConfig): string {
  return `iam:${action} for the user ${userName}`;
}

/** IAM's own words name users, actions and policies; it never repeats a secret key, which no request holds. */
function described(error: unknown): string {
  return isServiceAnswer(error) ? `${error.name}: ${error.message.replace(/\.$/, '')}` : describe(error);
}

function describe(error: unknown): string {
  return isServiceAnswer(error) ? `${error.name}, HTTP ${error.$metadata.httpStatusCode}` : nameOf(error);
}
