/** An error that the service answers with: `__type` and `Message` of AWS JSON 1.1. */
export class SecretsManagerError extends Error {
  constructor(readonly name: string, message: string, readonly status = 400) {
    super(message);
  }
}

export function invalidParameter(message: string): SecretsManagerError {
  return new SecretsManagerError('InvalidParameterException', message);
}

export function invalidRequest(message: string): SecretsManagerError {
  return new SecretsManagerError('InvalidRequestException', message);
}

export function validation(message: string): SecretsManagerError {
  return new SecretsManagerError('ValidationException', message);
}

export function notFound(message: string): SecretsManagerError {
  return new SecretsManagerError('ResourceNotFoundException', message);
}

export function exists(message: string): SecretsManagerError {
  return new SecretsManagerError('ResourceExistsException', message);
}

export function limitExceeded(message: string): SecretsManagerError {
  return new SecretsManagerError('LimitExceededException', message);
}

export function accessDenied(message: string): SecretsManagerError {
  return new SecretsManagerError('AccessDeniedException', message);
}
