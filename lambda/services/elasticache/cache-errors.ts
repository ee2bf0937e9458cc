import type { CacheUserRotationConfig } from '../../../src/private/rotation-config';
import { isServiceAnswer, nameOf, outcomeOf } from '../../engine/contract/aws-calls';
import { NoVerdict, PasswordRejected, RotationError } from '../../engine/contract/errors';

/** What tells the two services apart, in words. */
export interface CacheService {
  readonly name: 'ElastiCache' | 'MemoryDB';
  /** As actions and endpoints have it. */
  readonly prefix: 'elasticache' | 'memorydb';
  /** The call that takes the passwords. */
  readonly change: 'ModifyUser' | 'UpdateUser';
  /** What makes a cache accept the user. */
  readonly group: 'user group' | 'ACL';
}

export type CacheAction = 'DescribeUsers' | CacheService['change'];

/**
 * Our error for a call that failed. ElastiCache's errors are `UserNotFound`, `InvalidUserState`, `InvalidParameterValue`, MemoryDB's the same with `Fault` or `Exception` behind. Neither its cause
 * nor its message is kept where a request held passwords.
 */
export function cacheError(action: CacheAction, service: CacheService, config: CacheUserRotationConfig, error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const outcome = outcomeOf(error);
  const name = nameOf(error);
  if (outcome === 'busy') return busy(action, service, config, name);
  if (outcome === 'unknown') return noAnswer(action, service, config, name);
  if (/^UserNotFound/.test(name)) return userMissing(service, config);
  if (/^InvalidUserState/.test(name)) return notYet(service, config);
  if (/^AccessDenied/.test(name)) return permissionDenied(action, service, config, error);
  if (action !== 'DescribeUsers' && /^InvalidParameter/.test(name)) return passwordRejected(action, service, config, name);
  return new RotationError('SERVICE_FAILED', `${call(action, service, config)} was refused (${name})`, {
    remedy: `Look the error up in the API reference of ${service.name}, and whether an SCP or the function's own credentials are the reason`,
  });
}

/** A change of the user is under way. */
export function notYet(service: CacheService, { userArn }: CacheUserRotationConfig): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `${service.name} is still modifying the user ${userArn}`, {
    remedy: 'It takes as long as the largest cache that the user has access to needs. Raise the time-out of the function if that is longer; Secrets Manager retries the rotation',
  });
}

/** What to look at when the cache does not accept a password. */
export function accessOfUser({ name, prefix, group }: CacheService, { userId }: CacheUserRotationConfig): string {
  const id = prefix === 'elasticache' ? 'user-id' : 'user-name';
  return `See that the user is in the ${group} of this cache: aws ${prefix} describe-users --${id} ${userId}. A new password may take a minute to reach all nodes, and one that was set by hand is none of the rotation's: ${name} keeps two`;
}

function busy(action: CacheAction, service: CacheService, config: CacheUserRotationConfig, detail: string): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `${call(action, service, config)} was not executed: ${service.name} is busy (${detail})`, {
    remedy: 'See in CloudTrail who calls it so often. Secrets Manager retries the rotation',
  });
}

function noAnswer(action: CacheAction, service: CacheService, config: CacheUserRotationConfig, detail: string): NoVerdict {
  return new NoVerdict('SERVICE_UNREACHABLE', `${call(action, service, config)} brought no answer (${detail})`, {
    remedy: `See that the function reaches ${service.name}'s API at port 443: in a VPC by a NAT gateway or the interface endpoint com.amazonaws.<Region>.${service.prefix === 'elasticache' ? 'elasticache' : 'memory-db'}. Secrets Manager retries the rotation`,
  });
}

function userMissing(service: CacheService, { userArn }: CacheUserRotationConfig): RotationError {
  return new RotationError('USER_MISSING', `${service.name} knows no user ${userArn}`, { remedy: 'Create it, or delete the rotation' });
}

function permissionDenied(action: CacheAction, service: CacheService, config: CacheUserRotationConfig, error: unknown): RotationError {
  // Words about the caller, the action and policies; a request that was denied was not looked into.
  const detail = action === 'DescribeUsers' && isServiceAnswer(error) ? `${error.name}: ${error.message.replace(/\.$/, '')}` : nameOf(error);
  return new RotationError('PERMISSION_DENIED', `${call(action, service, config)} was denied (${detail})`, {
    remedy: `The function's role needs ${service.prefix}:${action} on ${config.userArn}, and the construct grants it: look for a deny in an SCP, in the role's permissions boundary or in the policy of an interface endpoint`,
  });
}

/** Only passwords are sent that the service could object to: the user exists. */
function passwordRejected(action: CacheAction, service: CacheService, config: CacheUserRotationConfig, name: string): PasswordRejected {
  return new PasswordRejected(`${call(action, service, config)} was refused for one of the two passwords (${name})`, {
    remedy: `Let the \`passwordPolicy\` of the construct leave out characters that ${service.name} does not take (excludeCharacters); if AWSCURRENT holds a password that it never accepted, put that right first`,
  });
}

function call(action: CacheAction, { prefix }: CacheService, { userArn }: CacheUserRotationConfig): string {
  return `${prefix}:${action} for the user ${userArn}`;
}
