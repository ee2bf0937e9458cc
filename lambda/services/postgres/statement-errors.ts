import { describe, ServerError, serverError } from './server-errors';
import type { SignInContext } from './sign-in-errors';
import { NoVerdict, RotationError, RotationErrorCode } from '../../engine/contract/errors';
import { address, unreachable } from '../../engine/contract/tls-errors';

/** The server definitely did not do what a statement asked for. */
export class StatementFailed extends RotationError {
  constructor(code: RotationErrorCode, readonly server: ServerError, remedy: string) {
    super(code, describe(server), { remedy });
    this.name = 'StatementFailed';
  }
}

/** Connection exceptions, and the codes of a server that ends a session. Whether the statement took effect is unknown. */
const CONNECTION_LOST = /^(08...|57P0[1-5]|25P03)$/;
/** Cancelled by a time-out, waiting for a lock in vain, deadlock, serialisation, out of resources. */
const TRY_AGAIN = /^(57014|55P03|40...|53...)$/;

export function statementError(error: unknown, context: SignInContext): RotationError {
  if (error instanceof RotationError) return error;
  const reported = serverError(error);
  if (reported === undefined || CONNECTION_LOST.test(reported.sqlState)) return lost(context, reported);
  if (reported.sqlState === '25006') return readOnlyServer(context);
  if (TRY_AGAIN.test(reported.sqlState)) return busy(context, reported);
  if (reported.sqlState === '42501') return new StatementFailed('PERMISSION_DENIED', reported, `Grant "${context.username}" what it lacks`);
  return new StatementFailed('UNEXPECTED', reported, 'See the log of the server');
}

/** Thrown before anything is written, too: a replica answers to sign-ins like its writer. */
export function readOnlyServer({ endpoint }: SignInContext): RotationError {
  return new RotationError('READ_ONLY_SERVER', `${address(endpoint)} is a read-only server`, {
    remedy: 'Give the construct the endpoint of the writer; if the database has just failed over, the retry will find it',
  });
}

function lost({ endpoint }: SignInContext, reported: ServerError | undefined): NoVerdict {
  return unreachable(endpoint, `the session was lost${reported === undefined ? '' : `: ${describe(reported)}`}`);
}

function busy({ username, endpoint }: SignInContext, reported: ServerError): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `a statement of "${username}" at ${address(endpoint)} was given up: ${describe(reported)}`, {
    remedy: 'Secrets Manager retries the rotation. If it keeps happening, look for sessions that hold locks',
  });
}
