import type { Connector } from './connector';
import { quoteIdentifier } from './identifiers';
import { md5Password, notRestorable } from './own-password-session';
import { passwordCommandsRestricted, rightToAlter } from './password-errors';
import { failWith, Problem, problemFrom, problems } from './preflight-problems';
import { isHashable } from './scram';
import type { Session } from './session';
import type { Credential } from '../../engine/contract/credential';
import { SignInRefused } from '../../engine/contract/errors';

interface Facts {
  readonly inRecovery: boolean;
  readonly isSuperuser: boolean;
  readonly mayCreateRoles: boolean;
  readonly passwordCommandsRestricted: boolean;
  readonly mayChangePasswords: boolean;
  readonly exists: boolean;
  readonly canLogin: boolean | null;
  readonly administered: boolean | null;
  readonly userIsSuperuser: boolean | null;
  readonly usesIam: boolean | null;
}

const FACTS = `
  SELECT pg_is_in_recovery() AS "inRecovery", me.rolsuper AS "isSuperuser", me.rolcreaterole AS "mayCreateRoles",
         coalesce(current_setting('rds.restrict_password_commands', true) IN ('1', 'on', 'true'), false) AS "passwordCommandsRestricted",
         EXISTS (SELECT FROM pg_roles AS g WHERE g.rolname = 'rds_password' AND pg_has_role(me.oid, g.oid, 'MEMBER')) AS "mayChangePasswords",
         u.oid IS NOT NULL AS exists, u.rolcanlogin AS "canLogin", u.rolsuper AS "userIsSuperuser",
         pg_has_role(me.oid, u.oid, 'MEMBER WITH ADMIN OPTION') AS administered,
         EXISTS (SELECT FROM pg_roles AS g WHERE g.rolname = 'rds_iam' AND pg_has_role(u.oid, g.oid, 'MEMBER')) AS "usesIam"
  FROM pg_roles AS me LEFT JOIN pg_roles AS u ON u.rolname = $1 WHERE me.rolname = session_user`;

interface Membership {
  readonly role: string;
  readonly exists: boolean;
  readonly held: boolean;
  readonly administered: boolean | null;
}

const MEMBERSHIPS = `
  SELECT wanted AS role, g.oid IS NOT NULL AS exists,
         EXISTS (SELECT FROM pg_auth_members AS m JOIN pg_roles AS u ON u.oid = m.member WHERE m.roleid = g.oid AND u.rolname = $1) AS held,
         pg_has_role(session_user, g.oid, 'MEMBER WITH ADMIN OPTION') AS administered
  FROM unnest($2::text[]) AS wanted LEFT JOIN pg_roles AS g ON g.rolname = wanted`;

/** Checks, without writing, what a superuser needs to set a user's password or to make the user. `session` is the superuser's. */
export async function preflightManagedUser(session: Session, current: Credential, connector: Connector): Promise<void> {
  const { username, memberOf = [] } = connector.config;
  const [facts] = await session.query<Facts>(FACTS, [username]);
  if (facts === undefined) return failWith([{ what: `"${session.username}" signed in as somebody else`, remedy: 'Look for a user name map before the server' }]);
  const memberships = await session.query<Membership>(MEMBERSHIPS, [username, memberOf]);
  failWith([
    ...superuserProblems(session, facts, username),
    ...userProblems(facts, username),
    ...memberships.flatMap(membership => membershipProblems(session, facts, membership)),
    ...facts.exists ? await currentPasswordProblems(current, connector) : [],
  ]);
}

function superuserProblems(session: Session, facts: Facts, username: string): Problem[] {
  const superuser = quoteIdentifier(session.username);
  return problems(
    facts.inRecovery && { what: 'the server is read-only', remedy: 'Give the construct the endpoint of the writer' },
    facts.passwordCommandsRestricted && !facts.mayChangePasswords && {
      what: `rds.restrict_password_commands is on and ${superuser} is no member of rds_password`, remedy: passwordCommandsRestricted(session.username),
    },
    !facts.isSuperuser && !facts.mayCreateRoles && { what: `${superuser} lacks CREATEROLE`, remedy: `ALTER ROLE ${superuser} CREATEROLE` },
    facts.exists && facts.mayCreateRoles && !mayAlter(session, facts) && { what: `${superuser} may not change "${username}"`, remedy: rightToAlter(session, username) },
  );
}

/** Version 15 knows no ADMIN OPTION on the user here: `pg_has_role` would say no to a superuser that may. */
function mayAlter({ serverVersionNum }: Session, { isSuperuser, administered, userIsSuperuser }: Facts): boolean {
  if (isSuperuser) return true;
  return userIsSuperuser === false && (serverVersionNum < 160_000 || administered === true);
}

function userProblems({ exists, canLogin, usesIam }: Facts, username: string): Problem[] {
  const user = quoteIdentifier(username);
  return problems(
    exists && canLogin !== true && { what: `${user} may not sign in (NOLOGIN)`, remedy: `ALTER ROLE ${user} LOGIN` },
    usesIam === true && { what: `${user} is a member of rds_iam, for whom Amazon RDS ignores passwords`, remedy: `REVOKE rds_iam FROM ${user}` },
  );
}

function membershipProblems(session: Session, { isSuperuser, mayCreateRoles }: Facts, { role, exists, held, administered }: Membership): Problem[] {
  const [quoted, superuser] = [quoteIdentifier(role), quoteIdentifier(session.username)];
  const mayGrant = isSuperuser || administered === true || (session.serverVersionNum < 160_000 && mayCreateRoles);
  return problems(
    !exists && { what: `the role ${quoted} of \`memberOf\` does not exist`, remedy: `CREATE ROLE ${quoted}` },
    exists && !held && !mayGrant && { what: `${superuser} may not grant ${quoted}`, remedy: `GRANT ${quoted} TO ${superuser} WITH ADMIN OPTION` },
  );
}

/** Only a sign-in as the user tells how its password is stored. A refused one is no problem: the superuser sets a new password. */
async function currentPasswordProblems(current: Credential, connector: Connector): Promise<Problem[]> {
  const unrestorable = problems(!isHashable(current.password) && problemFrom(notRestorable(current.username)));
  try {
    const session = await connector.signIn(current);
    await session.end();
    const outdated = session.authenticationMethod === 'md5' && connector.config.upgradeToScram !== true;
    return [...unrestorable, ...problems(outdated && problemFrom(md5Password(current.username)))];
  } catch (error: unknown) {
    if (!(error instanceof SignInRefused)) return [...unrestorable, problemFrom(error)];
    connector.invocation.log.warn('AWSCURRENT does not sign in; the first rotation will put that right', { username: current.username });
    return unrestorable;
  }
}
