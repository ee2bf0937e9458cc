import { describe, ServerError, serverError } from './server-errors';
import { CleartextPasswordRequested } from './start-up';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { NoVerdict, RotationError, RotationErrorCode, SignInRefused } from '../../engine/contract/errors';
import { address, unreachable } from '../../engine/contract/tls-errors';

export interface SignInContext {
  readonly username: string;
  readonly database: string;
  readonly endpoint: EndpointConfig;
}

/** The password was accepted, and then the session was turned away: the credential is proven, the database cannot be used with it. */
export class TurnedAway extends RotationError {
  readonly authenticated = true;

  constructor(code: RotationErrorCode, reason: string, options: { readonly remedy: string }) {
    super(code, reason, options);
    this.name = 'TurnedAway';
  }
}

/** A connection limit, of the role, the database or the server, that is counted once the password has been checked. */
export function isAtLimit(error: unknown): error is TurnedAway {
  return error instanceof TurnedAway && error.code === 'SERVICE_BUSY';
}

/** These run once the password has been checked (PostgreSQL's postinit.c, InitPostgres). */
const AFTER_AUTHENTICATION = ['InitializeSessionUserId', 'CheckMyDatabase', 'InitPostgres'];

export function signInError(error: unknown, context: SignInContext): RotationError {
  if (error instanceof RotationError) return error;
  if (error instanceof CleartextPasswordRequested) return cleartextRequested(context);
  const reported = serverError(error);
  if (reported !== undefined) return refusal(reported, context);
  if (error instanceof Error && error.message.startsWith('SASL')) return exchangeFailed(error, context);
  return unreachable(context.endpoint, 'the connection ended during the sign-in');
}

/** Whether the server, or a pooler before it, takes no `options` in the start-up packet. */
export function refusesStartupOptions(error: unknown): boolean {
  return ['08P01', '0A000'].includes(serverError(error)?.sqlState ?? '');
}

function refusal(reported: ServerError, context: SignInContext): RotationError {
  const { sqlState, routine } = reported;
  if (sqlState === '28P01') return passwordRefused(context);
  if (sqlState.startsWith('28')) return unusable(reported, context);
  if (sqlState.startsWith('57') || sqlState.startsWith('08')) return unreachable(context.endpoint, describe(reported));
  if (AFTER_AUTHENTICATION.includes(routine) || sqlState === '3D000' || sqlState === '42501') return turnedAway(reported, context);
  if (sqlState.startsWith('53')) return busy(reported, context);
  return new RotationError('UNEXPECTED', `signing in ${who(context)} failed: ${describe(reported)}`, { remedy: 'See the log of the server' });
}

/** PostgreSQL answers all of these alike, so that nobody can find out which roles exist. */
function passwordRefused(context: SignInContext): SignInRefused {
  return new SignInRefused(context.username, `the sign-in ${who(context)} was refused: the password is wrong, has passed its VALID UNTIL or was never set, or the user does not exist`, {
    remedy: `Ask as a superuser: SELECT rolcanlogin, rolvaliduntil FROM pg_roles WHERE rolname = '${context.username}'`,
  });
}

function unusable(reported: ServerError, context: SignInContext): RotationError {
  return new RotationError('USER_UNUSABLE', `the user cannot sign in ${who(context)}: ${describe(reported)}`, {
    remedy: 'The role needs LOGIN, must not be a member of rds_iam, and pg_hba.conf must let it sign in with a password over TLS',
  });
}

function turnedAway(reported: ServerError, context: SignInContext): TurnedAway {
  const reason = `the password was accepted, but the session ${who(context)} was turned away: ${describe(reported)}`;
  if (reported.sqlState === '53300') return new TurnedAway('SERVICE_BUSY', reason, { remedy: 'Raise the connection limit, or lower the clients\' pools' });
  if (reported.sqlState === '42501') return new TurnedAway('PERMISSION_DENIED', reason, { remedy: `GRANT CONNECT ON DATABASE "${context.database}" TO "${context.username}"` });
  return new TurnedAway('MISCONFIGURED', reason, { remedy: 'Correct `databaseName` of the target, or create the database' });
}

function busy(reported: ServerError, context: SignInContext): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `signing in ${who(context)} failed: ${describe(reported)}`, {
    remedy: 'Raise max_connections or lower the clients\' pools; Secrets Manager retries the rotation',
  });
}

function cleartextRequested(context: SignInContext): RotationError {
  return new RotationError('USER_UNUSABLE', `the server asked for the password in clear text when signing in ${who(context)}, as Amazon RDS does for members of rds_iam; it was not sent`, {
    remedy: `Rotate nothing for a user of IAM database authentication; else REVOKE rds_iam FROM "${context.username}"`,
  });
}

/** pg's own words about the exchange, which hold no part of the password. */
function exchangeFailed({ message }: Error, context: SignInContext): RotationError {
  return new RotationError('UNEXPECTED', `signing in ${who(context)} failed: ${message}`, { remedy: 'Check that the endpoint is a PostgreSQL server or a pooler that supports SCRAM-SHA-256' });
}

function who({ username, database, endpoint }: SignInContext): string {
  return `as "${username}" to database "${database}" at ${address(endpoint)}`;
}
