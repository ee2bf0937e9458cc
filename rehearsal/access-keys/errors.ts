import { SecretsManagerError } from '../secrets-manager';

/** An error that IAM or STS answers with: `Code` and `Message` of the Query protocol. */
export class QueryError extends Error {
  constructor(readonly name: string, message: string, readonly status = 400) {
    super(message);
  }
}

/** The error to answer with; a fault's own is one of the local Secrets Manager's. */
export function answerable(error: unknown): QueryError {
  if (error instanceof QueryError) return error;
  if (error instanceof SecretsManagerError) return new QueryError(error.name, error.message, error.status);
  return new QueryError('ServiceFailure', 'The request processing has failed because of an unknown error, exception or failure.', 500);
}

export function validation(message: string): QueryError {
  return new QueryError('ValidationError', message);
}

export function accessDenied(message: string): QueryError {
  return new QueryError('AccessDenied', message, 403);
}

export function noSuchUser(userName: string): QueryError {
  return new QueryError('NoSuchEntity', `The user with name ${userName} cannot be found.`, 404);
}

export function noSuchKey(keyId: string): QueryError {
  return new QueryError('NoSuchEntity', `The Access Key with id ${keyId} cannot be found`, 404);
}

export function limitExceeded(quota: number): QueryError {
  return new QueryError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${quota}`, 409);
}

export function invalidClientTokenId(): QueryError {
  return new QueryError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
}

export function signatureDoesNotMatch(message: string): QueryError {
  return new QueryError('SignatureDoesNotMatch', message, 403);
}
