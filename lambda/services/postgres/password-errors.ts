import { quoteIdentifier } from './identifiers';
import { describe, ServerError } from './server-errors';
import type { Session } from './session';
import { StatementFailed } from './statement-errors';
import { PasswordRejected, RotationError } from '../../engine/contract/errors';

/** Why a password was not set; whatever is no answer of the server to that passes through. */
export function passwordError(error: unknown, session: Session, username: string): unknown {
  if (!(error instanceof StatementFailed)) return error;
  const { server } = error;
  if (server.sqlState === '42704') return userMissing(username);
  if (server.sqlState === '42501' && !isPolicy(server)) return permissionDenied(server, session, username);
  return isPolicy(server) ? rejected(server, username) : error;
}

/** A password checker of the server: `passwordcheck` and its like report 22023, some 28000 or 42501. */
function isPolicy({ sqlState, routine, message }: ServerError): boolean {
  if (sqlState === '22023' || sqlState.startsWith('28') || routine === 'check_password') return true;
  return sqlState === '42501' && /password/i.test(message) && !/permission denied|must be|must have|member|privilege/i.test(message);
}

function rejected(server: ServerError, username: string): PasswordRejected {
  return new PasswordRejected(`the server refuses the new password of "${username}": ${describe(server)}`, {
    remedy: 'Adapt `passwordPolicy` to the policy of the server. One that refuses every SCRAM verifier must be turned off for this user',
  });
}

function permissionDenied(server: ServerError, session: Session, username: string): RotationError {
  return new RotationError('PERMISSION_DENIED', `"${session.username}" may not set the password of "${username}": ${describe(server)}`, {
    remedy: /rds_password/.test(server.message) ? passwordCommandsRestricted(session.username) : rightToAlter(session, username),
  });
}

/** With rds.restrict_password_commands nobody else may change a password, not even their own (Amazon RDS User Guide, "Restricting password management"). */
export function passwordCommandsRestricted(username: string): string {
  return `GRANT rds_password TO ${quoteIdentifier(username)}; for users without CREATEROLE, SuperuserRotation with a superuser in rds_password`;
}

/** From version 16, CREATEROLE alone is not enough to change a role that somebody else created. */
export function rightToAlter({ username: actor, serverVersionNum }: Session, username: string): string {
  if (actor === username) return `ALTER ROLE ${quoteIdentifier(username)} RESET role, and let the user change its own password`;
  if (serverVersionNum < 160_000) return `ALTER ROLE ${quoteIdentifier(actor)} CREATEROLE`;
  return `As a superuser or whoever created the user: GRANT ${quoteIdentifier(username)} TO ${quoteIdentifier(actor)} WITH ADMIN OPTION; the superuser also needs CREATEROLE`;
}

function userMissing(username: string): RotationError {
  return new RotationError('USER_MISSING', `the user "${username}" does not exist`, { remedy: 'Create it, or correct `username` in the construct' });
}
