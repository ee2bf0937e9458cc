import { RotationError } from '../../../engine/contract/errors';
import { quoteIdentifier } from '../identifiers';
import { passwordCommandsRestricted } from '../password-errors';
import { describe } from '../server-errors';
import { Session } from '../session';
import { StatementFailed } from '../statement-errors';
import { Superuser } from './state';

export interface Statement {
  readonly sql: string;
  /** The role that the statement changes or grants; none when it creates one. */
  readonly on?: string;
  /** The user that the statement creates, with a password. */
  readonly user?: string;
}

export async function makeRequired(session: Session, superuser: Superuser, { sql, on }: Statement): Promise<void> {
  try {
    await session.query(sql);
  } catch (error: unknown) {
    throw isDenied(error) ? denied(error, superuser, on) : error;
  }
}

/** The transaction goes on without what the server refuses. */
export async function makeOptional(session: Session, { sql }: Statement): Promise<void> {
  await session.query('SAVEPOINT optional');
  try {
    await session.query(sql);
  } catch (error: unknown) {
    if (!(error instanceof StatementFailed)) throw error;
    await session.query('ROLLBACK TO SAVEPOINT optional');
  }
  await session.query('RELEASE SAVEPOINT optional');
}

/** What gives the superuser the right to change and grant a role; from PostgreSQL 16 on CREATEROLE alone does not. */
export function rightOver(role: string | undefined, superuser: Superuser): string {
  const name = quoteIdentifier(superuser.name);
  if (!superuser.mayCreateRoles) return `ALTER ROLE ${name} CREATEROLE`;
  if (role === undefined || !superuser.membershipHasOptions) return 'Let a superuser of the server do it once; the next rotation finds it done';
  return `GRANT ${quoteIdentifier(role)} TO ${name} WITH ADMIN OPTION, as the role that created ${quoteIdentifier(role)} or another that has ADMIN OPTION on it`;
}

function isDenied(error: unknown): error is StatementFailed {
  return error instanceof StatementFailed && error.server.sqlState === '42501';
}

function denied({ server }: StatementFailed, superuser: Superuser, role: string | undefined): RotationError {
  const what = role === undefined ? 'create a role' : `change or grant ${quoteIdentifier(role)}`;
  const remedy = server.message.includes('rds_password') ? passwordCommandsRestricted(superuser.name) : rightOver(role, superuser);
  return new RotationError('PERMISSION_DENIED', `${quoteIdentifier(superuser.name)} may not ${what}: ${describe(server)}`, { remedy });
}
