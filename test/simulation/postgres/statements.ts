import { Role, Settings, Transaction, Wait } from './catalog';
import { denied, noSuchRole, serverError } from './errors';
import { Memberships, OPTIONS_SINCE } from './memberships';

/** What a statement that changes something works with. */
export interface StatementContext {
  readonly view: Transaction;
  /** The role that the session acts as. */
  readonly actor: string;
  readonly version: number;
  readonly wait: Wait;
  /** Whether the server's policy refuses a password, asked once for each. */
  readonly refusePassword: () => boolean;
}

/** Who made the cluster. */
const BOOTSTRAP = 'bootstrap';

type Apply = (context: StatementContext, parts: readonly string[]) => Promise<void>;

const NAME = '("(?:[^"]|"")+")';

/** The statements that change roles, in the forms in which this library writes them. */
const STATEMENTS: readonly (readonly [RegExp, Apply])[] = [
  [new RegExp(`^CREATE ROLE ${NAME} (.*)$`), (context, [name = '', clauses = '']) => create(context, identifier(name), clauses)],
  [new RegExp(`^ALTER ROLE ${NAME}(?: IN DATABASE ${NAME})? (?:SET ([\\w".]+) = (.*)|RESET ([\\w".]+))$`),
    (context, [name = '', database, set, value, reset]) => configure(context, {
      login: identifier(name),
      database: database === undefined ? null : identifier(database),
      parameter: parameterName(set ?? reset ?? ''),
      value: value === undefined ? undefined : literal(value),
    })],
  [new RegExp(`^ALTER ROLE ${NAME} (.*)$`), (context, [name = '', clauses = '']) => alter(context, identifier(name), clauses)],
  [new RegExp(`^GRANT ${NAME} TO ${NAME}(?: WITH (.*))?$`), (context, [role = '', member = '', options]) => grant(context, identifier(role), identifier(member), options)],
  [new RegExp(`^REVOKE ${NAME} FROM ${NAME}$`), (context, [role = '', member = '']) => revoke(context, identifier(role), identifier(member))],
  [new RegExp(`^REASSIGN OWNED BY ${NAME} TO ${NAME}$`), (context, [from = '', to = '']) => reassign(context, identifier(from), identifier(to))],
];

/** Undefined for a statement that is none of these. */
export function changing(sql: string): ((context: StatementContext) => Promise<void>) | undefined {
  for (const [pattern, apply] of STATEMENTS) {
    const found = pattern.exec(sql);
    if (found) return (context) => apply(context, found.slice(1));
  }
  return undefined;
}

async function create(context: StatementContext, name: string, clauses: string): Promise<void> {
  const { view, actor, version, wait } = context;
  const isSuperuser = view.role(actor)?.isSuperuser === true;
  if (!isSuperuser && view.role(actor)?.createsRoles !== true) throw denied('to create role');
  if (view.role(name)) throw serverError('42710', `role "${name}" already exists`);
  refusesPassword(context, clauses);
  await view.put('roles', withClauses({ name, canLogin: false, inherits: true, isSuperuser: false, createsRoles: false, connectionLimit: -1 }, clauses), wait);
  // "CREATE ROLE", PostgreSQL 16: the creator that is no superuser gets ADMIN OPTION, and neither INHERIT nor SET.
  if (!isSuperuser && version >= OPTIONS_SINCE) await view.put('grants', { role: name, member: actor, grantor: BOOTSTRAP, admin: true, inherit: false, set: false }, wait);
}

async function alter(context: StatementContext, name: string, clauses: string): Promise<void> {
  const { view, actor, version, wait } = context;
  const role = view.role(name);
  if (role === undefined) throw noSuchRole(name);
  const isOwnPassword = name === actor && /^PASSWORD '[^']*' ?$/.test(`${clauses} `);
  if (!isOwnPassword && !new Memberships(view, version).mayAlter(actor, name)) throw denied('to alter role');
  refusesPassword(context, clauses);
  await view.put('roles', withClauses(role, clauses), wait);
}

/** As the module passwordcheck reports it. */
function refusesPassword({ refusePassword }: StatementContext, clauses: string): void {
  if (clauses.includes('PASSWORD \'') && refusePassword()) throw serverError('22023', 'password is too easily cracked', 'check_password');
}

function withClauses(role: Role, clauses: string): Role {
  const password = /PASSWORD ('(?:[^']|'')*')/.exec(clauses)?.[1];
  const validUntil = /VALID UNTIL ('(?:[^']|'')*')/.exec(clauses)?.[1];
  const limit = /CONNECTION LIMIT (-?\d+)/.exec(clauses)?.[1];
  const has = (word: string): boolean => new RegExp(`\\b${word}\\b`).test(clauses.replace(/'[^']*'/g, ''));
  return {
    ...role,
    ...password === undefined ? {} : { password: literal(password) },
    ...validUntil === undefined ? {} : { validUntil: instant(literal(validUntil)) },
    ...limit === undefined ? {} : { connectionLimit: Number(limit) },
    ...has('LOGIN') ? { canLogin: true } : {},
    ...has('NOLOGIN') ? { canLogin: false } : {},
    ...has('INHERIT') ? { inherits: true } : {},
    ...has('NOINHERIT') ? { inherits: false } : {},
    ...has('CREATEROLE') ? { createsRoles: true } : {},
    ...has('SUPERUSER') ? { isSuperuser: true } : {},
  };
}

interface Configuration {
  readonly login: string;
  readonly database: string | null;
  readonly parameter: string;
  readonly value?: string;
}

async function configure({ view, actor, version, wait }: StatementContext, { login, database, parameter, value }: Configuration): Promise<void> {
  if (!view.role(login)) throw noSuchRole(login);
  if (login !== actor && !new Memberships(view, version).mayAlter(actor, login)) throw denied('to alter setting');
  const before: Settings = view.all('settings').find((settings) => settings.login === login && settings.database === database) ?? { login, database, values: {} };
  const { [parameter]: _, ...others } = before.values;
  const values = value === undefined ? others : { ...others, [parameter]: value };
  if (Object.keys(values).length > 0) return view.put('settings', { login, database, values }, wait);
  if (Object.keys(before.values).length > 0) await view.remove('settings', before, wait);
}

async function grant(context: StatementContext, role: string, member: string, options = ''): Promise<void> {
  const { view, actor, version, wait } = context;
  const memberships = new Memberships(view, version);
  for (const name of [role, member]) if (!view.role(name)) throw noSuchRole(name);
  if (!memberships.mayGrant(actor, role)) throw denied(`to grant role "${role}"`);
  if (role === member || memberships.reaches(role, member)) throw serverError('0LP01', `role "${role}" is a member of role "${member}"`);
  const grantor = grantorOf(context, role);
  const before = view.all('grants').find((given) => given.role === role && given.member === member && given.grantor === grantor);
  const option = (name: string, otherwise: boolean): boolean => new RegExp(`${name} (TRUE|OPTION)`).test(options) || otherwise;
  await view.put('grants', {
    role,
    member,
    grantor,
    admin: option('ADMIN', before?.admin ?? false),
    inherit: option('INHERIT', before?.inherit ?? view.role(member)?.inherits ?? true),
    set: option('SET', before?.set ?? true),
  }, wait);
}

async function revoke(context: StatementContext, role: string, member: string): Promise<void> {
  const { view, actor, version, wait } = context;
  for (const name of [role, member]) if (!view.role(name)) throw noSuchRole(name);
  if (!new Memberships(view, version).mayGrant(actor, role)) throw denied(`to revoke role "${role}"`);
  const given = view.all('grants').find((candidate) => candidate.role === role && candidate.member === member && candidate.grantor === grantorOf(context, role));
  if (given) await view.remove('grants', given, wait); // else a warning
}

/**
 * "GRANT", PostgreSQL 16: what a superuser grants is recorded as granted by the bootstrap superuser; else by whoever has ADMIN OPTION itself among the roles
 * that the actor has the rights of (select_best_admin in acl.c).
 */
function grantorOf({ view, actor, version }: StatementContext, role: string): string {
  if (version < OPTIONS_SINCE) return '';
  if (view.role(actor)?.isSuperuser === true) return BOOTSTRAP;
  const administrators = view.all('grants').filter((given) => given.role === role && given.admin).map(({ member }) => member);
  const rights = new Memberships(view, version);
  const grantor = [actor, ...administrators].find((candidate) => administrators.includes(candidate) && rights.has(actor, candidate, 'USAGE'));
  if (grantor === undefined) throw serverError('XX000', 'no possible grantors');
  return grantor;
}

async function reassign({ view, actor, version, wait }: StatementContext, from: string, to: string): Promise<void> {
  const memberships = new Memberships(view, version);
  if (!memberships.has(actor, from, 'USAGE') || !memberships.has(actor, to, 'USAGE')) throw denied('to reassign objects');
  for (const { login, database, count } of view.all('ownerships').filter((owned) => owned.login === from)) {
    const others = view.all('ownerships').find((owned) => owned.login === to && owned.database === database)?.count ?? 0;
    await view.remove('ownerships', { login, database, count }, wait);
    await view.put('ownerships', { login: to, database, count: others + count }, wait);
  }
}

function identifier(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('""', '"');
}

function literal(quoted: string): string {
  return quoted.trim().replace(/^'|'$/g, '').replaceAll("''", "'");
}

function parameterName(quoted: string): string {
  return quoted.split('.').map((part) => part.replace(/^"|"$/g, '')).join('.').toLowerCase();
}

function instant(timestamp: string): number | undefined {
  return timestamp === 'infinity' ? undefined : new Date(timestamp.replace(/\+00$/, 'Z').replace(' ', 'T')).getTime();
}
