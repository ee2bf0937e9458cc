import type { Connector } from './connector';
import { quoteIdentifier } from './identifiers';
import { md5Password, notRestorable } from './own-password-session';
import { passwordCommandsRestricted } from './password-errors';
import { failWith, Problem, problemFrom, problems } from './preflight-problems';
import type { Session } from './session';
import { PreparedVerification } from './verification';
import type { Credential } from '../../engine/contract/credential';

interface Facts {
  readonly inRecovery: boolean;
  readonly passwordCommandsRestricted: boolean;
  readonly mayChangePasswords: boolean;
  readonly usesIam: boolean;
  readonly expires: boolean;
  readonly connectionLimit: number;
  readonly sessions: number;
}

/** `MEMBER` is what the server asks for, but a superuser is a member of everything; Amazon RDS gives out none. */
const FACTS = `
  SELECT pg_is_in_recovery() AS "inRecovery",
         coalesce(current_setting('rds.restrict_password_commands', true) IN ('1', 'on', 'true'), false) AS "passwordCommandsRestricted",
         EXISTS (SELECT FROM pg_roles AS g WHERE g.rolname = 'rds_password' AND pg_has_role(me.oid, g.oid, 'MEMBER')) AS "mayChangePasswords",
         EXISTS (SELECT FROM pg_roles AS g WHERE g.rolname = 'rds_iam' AND pg_has_role(me.oid, g.oid, 'MEMBER')) AS "usesIam",
         coalesce(me.rolvaliduntil < 'infinity', false) AS expires,
         me.rolconnlimit AS "connectionLimit",
         (SELECT count(*)::int FROM pg_stat_activity AS a WHERE a.usesysid = me.oid) AS sessions
  FROM pg_roles AS me WHERE me.rolname = session_user`;

/** Checks, without writing, what a user needs to change its own password. `session` is the user's. */
export async function preflightOwnUser(session: Session, current: Credential, connector: Connector): Promise<void> {
  const { username } = session;
  const { log } = connector.invocation;
  const [facts] = await session.query<Facts>(FACTS);
  if (facts === undefined) return failWith([{ what: `"${username}" signed in as somebody else`, remedy: 'Look for a user name map before the server' }]);
  if (facts.expires) log.warn('the user has a VALID UNTIL, which only a superuser can extend: see SuperuserRotation', { username });
  if (facts.connectionLimit >= 0 && facts.connectionLimit - facts.sessions < 1) log.warn('the connection limit of the user leaves fewer than two sessions to a rotation', { username });
  failWith([
    ...accessProblems(username, facts),
    ...await passwordProblems(session, current, connector),
    ...await verificationProblems(current, connector),
  ]);
}

function accessProblems(username: string, facts: Facts): Problem[] {
  return problems(
    facts.inRecovery && { what: 'the server is read-only', remedy: 'Give the construct the endpoint of the writer' },
    facts.passwordCommandsRestricted && !facts.mayChangePasswords && {
      what: `rds.restrict_password_commands is on and "${username}" is no member of rds_password`, remedy: passwordCommandsRestricted(username),
    },
    facts.usesIam && { what: `"${username}" is a member of rds_iam, for whom Amazon RDS ignores passwords`, remedy: `REVOKE rds_iam FROM ${quoteIdentifier(username)}` },
  );
}

async function passwordProblems(session: Session, current: Credential, { config }: Connector): Promise<Problem[]> {
  const restorable = await session.storedForm(current) !== undefined;
  return problems(
    session.authenticationMethod === 'md5' && config.upgradeToScram !== true && problemFrom(md5Password(session.username)),
    !restorable && problemFrom(notRestorable(session.username)),
  );
}

/** The sign-in that each rotation ends with, made with the password in force. */
async function verificationProblems(current: Credential, connector: Connector): Promise<Problem[]> {
  const verification = await PreparedVerification.prepare(connector);
  try {
    await verification.signIn(current);
    return [];
  } catch (error: unknown) {
    return [problemFrom(error)];
  } finally {
    await verification.end();
  }
}
