/** What a failure is called in logs; the runbook has an entry for each. */
export type RotationErrorCode =
  // the event and the labels
  | 'MALFORMED_EVENT' | 'UNKNOWN_STEP' | 'ROTATION_DISABLED' | 'TOKEN_UNKNOWN' | 'NOT_PENDING' | 'STEP_OUT_OF_ORDER' | 'ROTATION_SUPERSEDED'
  // the secret
  | 'SECRET_UNREADABLE' | 'SECRET_MALFORMED' | 'USERNAME_NOT_CONFIGURED' | 'SUPERUSER_IS_THE_SECRET' | 'SECRETS_MANAGER_FAILED' | 'PROMOTION_UNCERTAIN'
  // signing in
  | 'SIGN_IN_REFUSED' | 'SUPERUSER_REFUSED' | 'SERVICE_UNREACHABLE' | 'SERVICE_BUSY' | 'TLS_UNAVAILABLE' | 'TLS_CERTIFICATE_REFUSED' | 'CA_MISSING'
  // the service and its users
  | 'PASSWORD_REJECTED' | 'PERMISSION_DENIED' | 'READ_ONLY_SERVER' | 'USER_UNUSABLE' | 'USER_MISSING' | 'PASSWORD_NOT_RESTORABLE' | 'MD5_PASSWORD' | 'DRIFT'
  // credentials of which a principal has several
  | 'CREDENTIAL_MISSING' | 'CREDENTIAL_INACTIVE' | 'CREDENTIAL_IN_USE' | 'CREDENTIAL_VANISHED' | 'FOREIGN_CREDENTIAL' | 'QUOTA_EXCEEDED'
  | 'ISSUE_UNCERTAIN' | 'ISSUE_IN_PROGRESS' | 'SERVICE_FAILED' | 'CONTRACT_MISMATCH'
  | 'VERIFICATION_FAILED' | 'PREFLIGHT_FAILED' | 'MISCONFIGURED' | 'DEADLINE' | 'UNEXPECTED';

export interface RotationErrorOptions {
  /** What to do about it, as a sentence for the person on call. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/**
 * A failure with a reason and a remedy. Neither may hold a credential: both are logged, and Secrets Manager
 * copies the message into CloudTrail.
 */
export class RotationError extends Error {
  readonly remedy: string;

  constructor(readonly code: RotationErrorCode, readonly reason: string, options: RotationErrorOptions) {
    super(`${code}: ${reason}. ${options.remedy}`, { cause: options.cause });
    this.name = 'RotationError';
    this.remedy = options.remedy;
  }
}

/** The service looked at the credential and definitely does not accept it. */
export class SignInRefused extends RotationError {
  constructor(readonly username: string, reason: string, options: RotationErrorOptions) {
    super('SIGN_IN_REFUSED', reason, options);
    this.name = 'SignInRefused';
  }
}

/** The service definitely refuses this password for ever (a policy of the server); another one may pass. */
export class PasswordRejected extends RotationError {
  constructor(reason: string, options: RotationErrorOptions) {
    super('PASSWORD_REJECTED', reason, options);
    this.name = 'PasswordRejected';
  }
}

/** No verdict: the service could not be asked, or its answer was lost. What was asked for may or may not have happened. */
export class NoVerdict extends RotationError {
  constructor(code: 'SERVICE_UNREACHABLE' | 'SERVICE_BUSY' | 'DEADLINE', reason: string, options: RotationErrorOptions) {
    super(code, reason, options);
    this.name = 'NoVerdict';
  }
}
