import { Role, Transaction } from './catalog';
import { Memberships, OPTIONS_SINCE } from './memberships';

/** What a query reads from. */
export interface QueryContext {
  readonly view: Transaction;
  readonly sessionUser: string;
  readonly currentUser: string;
  readonly version: number;
  readonly now: number;
  /** How many sessions a user has. */
  readonly sessionsOf: (username: string) => number;
  readonly tryLock: (key: string) => boolean;
}

type Row = Readonly<Record<string, unknown>>;
type Query = (context: QueryContext, values: readonly unknown[]) => Row[];

/** The queries of this library, each known by words that no other has. One that is not among them is an error: nothing is guessed. */
const QUERIES: readonly (readonly [words: string, query: Query])[] = [
  ['pg_try_advisory_lock($1', ({ tryLock }, [space, role]) => [{ locked: tryLock(`${String(space)}/${String(role)}`) }]],
  ['AS "inRecovery", session_user AS "sessionUser"', ({ sessionUser }) => [{ inRecovery: false, sessionUser }]],
  ['AS "userIsSuperuser"', managedUserFacts],
  ['me.rolconnlimit AS "connectionLimit"', ownUserFacts],
  ['SELECT rolcanlogin AS "canLogin", coalesce(', userBefore],
  ['FROM pg_catalog.unnest($2::pg_catalog.text[]) AS wanted', membershipsMissing],
  ['FROM unnest($2::text[]) AS wanted LEFT JOIN pg_roles', managedMemberships],
  ['rolsuper OR rolcreaterole AS "mayCreateRoles"', ({ view, currentUser }) => rolesNamed(view, [currentUser]).map((role) => ({ name: role.name, mayCreateRoles: role.isSuperuser || role.createsRoles }))],
  ['FROM pg_catalog.pg_db_role_setting AS setting', settings],
  ['SELECT DISTINCT role.rolname AS name', ({ view }, [logins]) => [...new Set(view.all('grants').filter(({ member }) => names(logins).includes(member)).map(({ role }) => role))].map((name) => ({ name }))],
  ['array_remove(ARRAY[', roles],
  ['AS direct,', memberships],
  ['FROM pg_catalog.pg_shdepend', holdings],
  ['count(*)::int AS count FROM pg_catalog.pg_stat_activity', ({ sessionsOf }, [username]) => [{ count: sessionsOf(String(username)) }]],
  ['session_user AS "signedInAs", current_user AS "actsAs"', ({ sessionUser, currentUser }) => [{ signedInAs: sessionUser, actsAs: currentUser }]],
  ['SELECT pg_is_in_recovery() AS standby', () => [{ standby: false }]],
  ['rds.restrict_password_commands', () => [{ refused: false }]],
  ['has_parameter_privilege(wanted.name', () => []],
];

/** Undefined for what is no query that this library makes. */
export function answering(sql: string): Query | undefined {
  return QUERIES.find(([words]) => sql.includes(words))?.[1];
}

function userBefore({ view }: QueryContext, [username]: readonly unknown[]): Row[] {
  return rolesNamed(view, [username]).map(({ canLogin, validUntil }) => ({ canLogin, validUntil: validUntil === undefined ? 'infinity' : timestampWithTimeZone(validUntil) }));
}

function membershipsMissing({ view }: QueryContext, [username, wanted]: readonly unknown[]): Row[] {
  const held = view.all('grants').filter(({ member }) => member === username).map(({ role }) => role);
  return names(wanted).filter((role) => !held.includes(role)).map((role) => ({ role }));
}

function ownUserFacts({ view, version, sessionUser, sessionsOf }: QueryContext): Row[] {
  return rolesNamed(view, [sessionUser]).map(({ name, validUntil, connectionLimit }) => ({
    inRecovery: false,
    passwordCommandsRestricted: false,
    mayChangePasswords: false,
    usesIam: isMember(view, version, name, 'rds_iam'),
    expires: validUntil !== undefined,
    connectionLimit,
    sessions: sessionsOf(name),
  }));
}

function managedUserFacts({ view, version, sessionUser }: QueryContext, [username]: readonly unknown[]): Row[] {
  const user = view.role(String(username));
  return rolesNamed(view, [sessionUser]).map((me) => ({
    inRecovery: false,
    isSuperuser: me.isSuperuser,
    mayCreateRoles: me.createsRoles,
    passwordCommandsRestricted: false,
    mayChangePasswords: false,
    exists: user !== undefined,
    canLogin: user?.canLogin ?? null,
    userIsSuperuser: user?.isSuperuser ?? null,
    administered: user ? new Memberships(view, version).administers(me.name, user.name) : null,
    usesIam: user !== undefined && isMember(view, version, user.name, 'rds_iam'),
  }));
}

function managedMemberships({ view, version, sessionUser }: QueryContext, [username, wanted]: readonly unknown[]): Row[] {
  return names(wanted).map((role) => ({
    role,
    exists: view.role(role) !== undefined,
    held: view.all('grants').some((grant) => grant.role === role && grant.member === username),
    administered: view.role(role) ? new Memberships(view, version).administers(sessionUser, role) : null,
  }));
}

function settings({ view }: QueryContext, [logins]: readonly unknown[]): Row[] {
  return view.all('settings').filter(({ login }) => names(logins).includes(login))
    .flatMap(({ login, database, values }) => Object.entries(values).map(([name, value]) => ({ login, database, name, value })))
    .sort(by(({ login, database, name }) => `${login}\0${database ?? ''}\0${name}`));
}

function roles({ view, version, currentUser, now }: QueryContext, [wanted]: readonly unknown[]): Row[] {
  const rights = new Memberships(view, version);
  const me = view.role(currentUser);
  return rolesNamed(view, names(wanted)).map((role) => ({
    name: role.name,
    canLogin: role.canLogin,
    inherits: role.inherits,
    connectionLimit: role.connectionLimit,
    administered: version >= OPTIONS_SINCE ? rights.administers(currentUser, role.name) : me?.isSuperuser === true || me?.createsRoles === true,
    attributes: [...role.isSuperuser ? ['SUPERUSER'] : [], ...role.createsRoles ? ['CREATEROLE'] : []],
    validUntil: role.validUntil === undefined ? 'infinity' : timestamp(role.validUntil),
    expired: role.validUntil !== undefined && role.validUntil <= now,
  }));
}

function memberships({ view, version }: QueryContext, [wanted]: readonly unknown[]): Row[] {
  const rights = new Memberships(view, version);
  const known = rolesNamed(view, names(wanted)).map(({ name }) => name);
  const pairs = known.flatMap((member) => known.filter((role) => role !== member && rights.has(member, role, 'MEMBER')).map((role) => ({ member, role })));
  return pairs.map(({ member, role }) => ({
    member,
    role,
    direct: view.all('grants').some((grant) => grant.role === role && grant.member === member),
    inherits: rights.has(member, role, 'USAGE'),
    mayAct: rights.has(member, role, version >= OPTIONS_SINCE ? 'SET' : 'MEMBER'),
  }));
}

/** What roles own: no other dependence of a role is kept here. Everybody may connect to every database. */
function holdings({ view }: QueryContext, [logins]: readonly unknown[]): Row[] {
  return view.all('ownerships').filter(({ login }) => names(logins).includes(login))
    .map(({ login, database, count }) => ({ login, database, kind: 'owns', count, allowsConnections: true, mayConnect: true }))
    .sort(by(({ login, database }) => `${login}\0${database}`));
}

function rolesNamed(view: Transaction, wanted: readonly unknown[]): Role[] {
  return view.all('roles').filter(({ name }) => wanted.includes(name));
}

function isMember(view: Transaction, version: number, member: string, role: string): boolean {
  return view.role(role) !== undefined && new Memberships(view, version).has(member, role, 'MEMBER');
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `to_char(… AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')`. */
function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')}000+00`;
}

/** `::text` in the time zone UTC: no trailing zeros of the fraction. */
function timestampWithTimeZone(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '').replace(/\.?0+$/, '')}+00`;
}

function by<T>(key: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
