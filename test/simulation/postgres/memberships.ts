import { Grant, Transaction } from './catalog';

/** `pg_has_role` (PostgreSQL's acl.c): MEMBER of any kind, USAGE through what inherits, SET through what may be acted as. */
export type Mode = 'MEMBER' | 'USAGE' | 'SET';

/** PostgreSQL 16 gave each membership options of its own. */
export const OPTIONS_SINCE = 160_000;

export class Memberships {
  constructor(private readonly view: Transaction, private readonly version: number) {}

  has(member: string, role: string, mode: Mode): boolean {
    return member === role || this.isSuperuser(member) || this.reached(member, mode).has(role);
  }

  /** Whether one is a member of the other by grants, superuser or not: PostgreSQL refuses circles of them. */
  reaches(member: string, role: string): boolean {
    return this.reached(member, 'MEMBER').has(role);
  }

  /** "MEMBER WITH ADMIN OPTION": directly, or as a member of whom it was given. */
  administers(member: string, role: string): boolean {
    if (this.isSuperuser(member)) return true;
    const holders = new Set([member, ...this.reached(member, 'MEMBER')]);
    return this.view.all('grants').some((grant) => grant.role === role && grant.admin && holders.has(grant.member));
  }

  /** Whether `actor` may change a role: CREATEROLE, from version 16 with ADMIN OPTION on it; a superuser's, only a superuser. */
  mayAlter(actor: string, role: string): boolean {
    if (this.isSuperuser(actor)) return true;
    if (this.isSuperuser(role) || this.view.role(actor)?.createsRoles !== true) return false;
    return this.version < OPTIONS_SINCE || this.administers(actor, role);
  }

  /** Below version 16 CREATEROLE was enough for roles that are no superusers. */
  mayGrant(actor: string, role: string): boolean {
    if (this.administers(actor, role)) return true;
    return this.version < OPTIONS_SINCE && this.view.role(actor)?.createsRoles === true && !this.isSuperuser(role);
  }

  private reached(member: string, mode: Mode): Set<string> {
    const found = new Set<string>();
    const next = [member];
    for (let current = next.pop(); current !== undefined; current = next.pop()) {
      const onward = this.view.all('grants').filter((grant) => grant.member === current && this.leadsOn(grant, mode) && !found.has(grant.role));
      for (const { role } of onward) {
        found.add(role);
        next.push(role);
      }
    }
    return found;
  }

  private leadsOn({ member, inherit, set }: Grant, mode: Mode): boolean {
    if (mode === 'MEMBER') return true;
    if (this.version < OPTIONS_SINCE) return mode === 'SET' || this.view.role(member)?.inherits === true;
    return mode === 'SET' ? set : inherit;
  }

  private isSuperuser(name: string): boolean {
    return this.view.role(name)?.isSuperuser === true;
  }
}
