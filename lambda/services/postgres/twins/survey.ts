import { Session } from '../session';
import { Pair } from './pair';
import { actingRoles, Holding, Membership, Role, Setting, State, Superuser } from './state';

/** From this version on a membership says itself whether it inherits and may be acted as. */
const MEMBERSHIP_OPTIONS_SINCE = 160000;

/** Reads all that the twins' equality hangs on. Everyone may read these catalogs, and they cover every database of the server. */
export async function survey(session: Session, pair: Pair, memberOf: readonly string[]): Promise<State> {
  const superuser = await readSuperuser(session);
  const settings = await readSettings(session, pair);
  const known = await readNames(session, pair, settings, memberOf);
  const roles = await session.query<Role>(rolesQuery(superuser), [known]);
  const memberships = await session.query<Membership>(membershipsQuery(superuser), [known]);
  const holdings = await session.query<Holding>(HOLDINGS, [pair.arranged, [pair.first, ...actingRoles(pair, settings)]]);
  return { superuser, settings, memberships, holdings, roles: new Map(roles.map(role => [role.name, role])) };
}

export async function readSettings(session: Session, pair: Pair): Promise<readonly Setting[]> {
  return session.query<Setting>(SETTINGS, [pair.logins]);
}

async function readSuperuser(session: Session): Promise<Superuser> {
  const [row] = await session.query<{ name: string; mayCreateRoles: boolean }>(SUPERUSER);
  return {
    name: row?.name ?? session.username,
    mayCreateRoles: row?.mayCreateRoles ?? false,
    membershipHasOptions: session.serverVersionNum >= MEMBERSHIP_OPTIONS_SINCE,
  };
}

async function readNames(session: Session, pair: Pair, settings: readonly Setting[], memberOf: readonly string[]): Promise<readonly string[]> {
  const granted = await session.query<{ name: string }>(DIRECT_ROLES, [pair.logins]);
  return [...new Set([...pair.logins, ...actingRoles(pair, settings), ...memberOf, 'rds_iam', ...granted.map(role => role.name)])];
}

const SUPERUSER = `
  SELECT rolname AS name, rolsuper OR rolcreaterole AS "mayCreateRoles"
  FROM pg_catalog.pg_roles WHERE rolname = current_user`;

const SETTINGS = `
  SELECT role.rolname AS login, database.datname AS database,
         lower(split_part(entry, '=', 1)) AS name, substr(entry, strpos(entry, '=') + 1) AS value
  FROM pg_catalog.pg_db_role_setting AS setting
  JOIN pg_catalog.pg_roles AS role ON role.oid = setting.setrole
  LEFT JOIN pg_catalog.pg_database AS database ON database.oid = setting.setdatabase
  CROSS JOIN LATERAL unnest(setting.setconfig) AS entry
  WHERE role.rolname = ANY ($1::text[])
  ORDER BY 1, 2 NULLS FIRST, 3`;

const DIRECT_ROLES = `
  SELECT DISTINCT role.rolname AS name
  FROM pg_catalog.pg_auth_members AS membership
  JOIN pg_catalog.pg_roles AS role ON role.oid = membership.roleid
  JOIN pg_catalog.pg_roles AS member ON member.oid = membership.member
  WHERE member.rolname = ANY ($1::text[])`;

function rolesQuery(superuser: Superuser): string {
  const administered = superuser.membershipHasOptions ? "pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')" : `${superuser.mayCreateRoles}`;
  return `
  SELECT rolname AS name, rolcanlogin AS "canLogin", rolinherit AS inherits, rolconnlimit AS "connectionLimit", ${administered} AS administered,
         array_remove(ARRAY[
           CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
           CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
         CASE WHEN isfinite(rolvaliduntil) THEN to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') ELSE 'infinity' END AS "validUntil",
         coalesce(rolvaliduntil <= now(), false) AS expired
  FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::text[])`;
}

function membershipsQuery(superuser: Superuser): string {
  return `
  SELECT member.rolname AS member, role.rolname AS role,
         EXISTS (SELECT FROM pg_catalog.pg_auth_members AS given WHERE given.roleid = role.oid AND given.member = member.oid) AS direct,
         pg_has_role(member.oid, role.oid, 'USAGE') AS inherits,
         pg_has_role(member.oid, role.oid, '${superuser.membershipHasOptions ? 'SET' : 'MEMBER'}') AS "mayAct"
  FROM pg_catalog.pg_roles AS member
  JOIN pg_catalog.pg_roles AS role ON role.oid <> member.oid AND pg_has_role(member.oid, role.oid, 'MEMBER')
  WHERE member.rolname = ANY ($1::text[]) AND role.rolname = ANY ($1::text[])`;
}

// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html: one row per object and role, for the objects of all databases.
const HOLDINGS = `
  SELECT login.rolname AS login, database.datname AS database, held.kind, count(*)::int AS count,
         coalesce(database.datallowconn, true) AS "allowsConnections",
         database.oid IS NULL OR EXISTS (
           SELECT FROM pg_catalog.pg_roles AS candidate
           WHERE (candidate.oid = login.oid OR candidate.rolname = ANY ($2::text[]))
             AND has_database_privilege(candidate.oid, database.oid, 'CONNECT')) AS "mayConnect"
  FROM (
    SELECT refobjid, dbid, CASE deptype WHEN 'o' THEN CASE classid WHEN 'pg_catalog.pg_default_acl'::regclass THEN 'default privileges' ELSE 'owns' END
                                        WHEN 'r' THEN 'policy' ELSE 'granted' END AS kind
    FROM pg_catalog.pg_shdepend
    WHERE refclassid = 'pg_catalog.pg_authid'::regclass AND deptype IN ('o', 'a', 'r', 'i')) AS held
  JOIN pg_catalog.pg_roles AS login ON login.oid = held.refobjid
  LEFT JOIN pg_catalog.pg_database AS database ON database.oid = held.dbid
  WHERE login.rolname = ANY ($1::text[])
  GROUP BY login.rolname, login.oid, database.datname, database.oid, database.datallowconn, held.kind
  ORDER BY 1, 2 NULLS FIRST, 3`;
