import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { RotationError } from './contract/errors';

/**
 * What a failed call tells:
 * - `throttled`: not executed, and worth repeating;
 * - `unknown`: the answer was lost or the service failed, so it may have been executed;
 * - `refused`: a definite answer.
 */
export type CallOutcome = 'throttled' | 'unknown' | 'refused';

export function outcomeOf(error: unknown): CallOutcome {
  if (!(error instanceof SecretsManagerServiceException)) return 'unknown';
  if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(error.name) || error.$metadata.httpStatusCode === 429) return 'throttled';
  return (error.$metadata.httpStatusCode ?? 500) >= 500 ? 'unknown' : 'refused';
}

export function isRepeatable(error: unknown): boolean {
  return outcomeOf(error) !== 'refused';
}

export function isNotFound(error: unknown): boolean {
  return named(error, 'ResourceNotFoundException');
}

export function alreadyHasOtherContent(error: unknown): boolean {
  return named(error, 'ResourceExistsException');
}

/** Our error for a call that failed for good. */
export function callFailed(operation: string, secretArn: string, error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const said = speaksOfNoValue(error) ? `${error.name}: ${error.message}` : errorName(error);
  return new RotationError(isNotFound(error) ? 'SECRET_UNREADABLE' : 'SECRETS_MANAGER_FAILED', `${operation} on ${secretArn} failed (${said})`, {
    remedy: remedyFor(error),
    cause: error,
  });
}

/** Messages of Secrets Manager name ARNs, versions and labels; but a validation error may quote the member that it refuses, a value or a rotation token. */
function speaksOfNoValue(error: unknown): error is SecretsManagerServiceException {
  return error instanceof SecretsManagerServiceException && !named(error, 'ValidationException');
}

function remedyFor(error: unknown): string {
  if (named(error, 'AccessDeniedException')) {
    return 'Look for a deny in the secret\'s resource policy, the function\'s permissions boundary, an SCP or the key policy: the construct grants the role itself what it needs';
  }
  if (isNotFound(error)) return 'The secret or this version of it is gone: restore the secret, or call RotateSecret to start a new rotation';
  if (named(error, 'DecryptionFailure') || named(error, 'EncryptionFailure')) {
    return 'See that the KMS key is enabled and that its policy lets the function\'s role use it; `grantKeyAccess: true` writes that policy';
  }
  if (outcomeOf(error) === 'refused') return 'Secrets Manager retries the rotation; if it keeps failing, look the error up in the runbook';
  return 'See that the function reaches Secrets Manager: a NAT gateway or an interface endpoint in its subnets, port 443 open to it. Secrets Manager retries the rotation';
}

function named(error: unknown, name: string): boolean {
  return errorName(error) === name;
}

function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? code : error.name;
}
