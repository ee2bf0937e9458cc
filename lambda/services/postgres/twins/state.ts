import { Pair } from './pair';

/** What the catalogs say about both users and the roles around them; read at once, judged by functions without a database. */
export interface State {
  readonly superuser: Superuser;
  readonly roles: ReadonlyMap<string, Role>;
  readonly settings: readonly Setting[];
  readonly memberships: readonly Membership[];
  readonly holdings: readonly Holding[];
}

export interface Superuser {
  readonly name: string;
  readonly mayCreateRoles: boolean;
  /** From PostgreSQL 16 on, a role is changed by who has ADMIN OPTION on it, and a membership has options of its own. */
  readonly membershipHasOptions: boolean;
}

export interface Role {
  readonly name: string;
  readonly canLogin: boolean;
  readonly inherits: boolean;
  /** SUPERUSER and its like, where the role has them. */
  readonly attributes: readonly string[];
  readonly connectionLimit: number;
  /** As PostgreSQL reads it; `infinity` where there is none. */
  readonly validUntil: string;
  readonly expired: boolean;
  /** The session's user may change this role and grant it. */
  readonly administered: boolean;
}

/** One row of `ALTER ROLE … [IN DATABASE …] SET …`; `null` is all databases. */
export interface Setting {
  readonly login: string;
  readonly database: string | null;
  readonly name: string;
  readonly value: string;
}

/** A membership, direct or through other roles. */
export interface Membership {
  readonly member: string;
  readonly role: string;
  readonly direct: boolean;
  readonly inherits: boolean;
  readonly mayAct: boolean;
}

export type HoldingKind = 'owns' | 'default privileges' | 'granted' | 'policy';

/** How much in a database belongs to, or was granted to, a user itself; `null` is what all databases share. */
export interface Holding {
  readonly login: string;
  readonly database: string | null;
  readonly kind: HoldingKind;
  readonly count: number;
  readonly allowsConnections: boolean;
  readonly mayConnect: boolean;
}

/** The role that both users act as in this database: where it is the first user's choice, its own setting decides. */
export function actingRole(pair: Pair, settings: readonly Setting[], database: string | null): string {
  if (pair.ownerRole !== undefined) return pair.ownerRole;
  const chosen = roleSetting(settings, pair.first, database) ?? roleSetting(settings, pair.first, null);
  return chosen === undefined || chosen === 'none' ? pair.first : chosen;
}

export function roleSetting(settings: readonly Setting[], login: string, database: string | null): string | undefined {
  return settings.find(setting => setting.login === login && setting.database === database && setting.name === 'role')?.value;
}

/** All roles that the users act as, in one database or another. */
export function actingRoles(pair: Pair, settings: readonly Setting[]): readonly string[] {
  const databases = settings.filter(setting => setting.login === pair.first && setting.name === 'role').map(setting => setting.database);
  return [...new Set([null, ...databases].map(database => actingRole(pair, settings, database)))];
}

export function membership(state: State, member: string, role: string): Membership | undefined {
  return state.memberships.find(candidate => candidate.member === member && candidate.role === role);
}
