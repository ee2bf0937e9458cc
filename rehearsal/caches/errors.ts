import { CacheServiceName } from './faults';
import { SecretsManagerError } from '../secrets-manager';

/** What both services say in words of their own. */
export type Problem = keyof typeof NAMES.elasticache;

/**
 * Codes and statuses as the pages of ModifyUser and UpdateUser list them, and as their protocols have them for what a front refuses:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyUser.html
 * https://docs.aws.amazon.com/memorydb/latest/APIReference/API_UpdateUser.html
 */
const NAMES = {
  elasticache: {
    userNotFound: ['UserNotFound', 404],
    invalidUserState: ['InvalidUserState', 400],
    invalidValue: ['InvalidParameterValue', 400],
    invalidCombination: ['InvalidParameterCombination', 400],
    missingToken: ['MissingAuthenticationToken', 403],
    unknownOperation: ['InvalidAction', 400],
    accessDenied: ['AccessDenied', 403],
  },
  memorydb: {
    userNotFound: ['UserNotFoundFault', 400],
    invalidUserState: ['InvalidUserStateFault', 400],
    invalidValue: ['InvalidParameterValueException', 400],
    invalidCombination: ['InvalidParameterCombinationException', 400],
    missingToken: ['MissingAuthenticationTokenException', 400],
    unknownOperation: ['UnknownOperationException', 400],
    accessDenied: ['AccessDeniedException', 400],
  },
} as const;

/** A refusal that is not yet in the words of a service. */
export class CacheProblem extends Error {
  constructor(readonly problem: Problem, message: string) {
    super(message);
  }
}

/** An error that a service answers with. */
export interface CacheError {
  readonly name: string;
  readonly message: string;
  readonly status: number;
}

/** The error to answer with; a fault's own is one of the local Secrets Manager's. */
export function answerable(error: unknown, service: CacheServiceName): CacheError {
  if (error instanceof SecretsManagerError) return { name: error.name, message: error.message, status: error.status };
  if (!(error instanceof CacheProblem)) return { name: 'InternalFailure', message: 'The request processing has failed because of an unknown error.', status: 500 };
  const [name, status] = NAMES[service][error.problem];
  return { name, message: error.message, status };
}

export function invalidValue(message: string): CacheProblem {
  return new CacheProblem('invalidValue', message);
}

export function invalidCombination(message: string): CacheProblem {
  return new CacheProblem('invalidCombination', message);
}
