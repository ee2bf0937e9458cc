import { quoteIdentifier } from '../identifiers';
import { Finding } from './finding';
import { Pair } from './pair';
import { actingRoles, membership, State } from './state';

export interface RefusalOptions {
  readonly memberOf: readonly string[];
  readonly pending: string;
  readonly passwordExpires: boolean;
}

/** States that no statement of ours may change: an operator's decisions, and what a password cannot serve. */
export function refusals(pair: Pair, state: State, options: RefusalOptions): readonly Finding[] {
  return [
    ...pair.logins.flatMap(login => unusable(state, login)),
    ...expired(pair, state, options),
    ...backwards(pair, state),
    ...unfitOwner(pair, state),
    ...failingOpen(pair, state),
    ...options.memberOf.flatMap(role => missing(state, role, '`memberOf` names')),
  ];
}

function unusable(state: State, login: string): Finding[] {
  const role = state.roles.get(login);
  if (role === undefined) return [];
  const name = quoteIdentifier(login);
  return [
    ...role.canLogin ? [] : [{ what: `${name} is NOLOGIN`, remedy: `If that was not on purpose: ALTER ROLE ${name} LOGIN` }],
    ...role.attributes.includes('REPLICATION')
      ? [{ what: `${name} signs in for replication, where it cannot act as another role`, remedy: 'Rotate it with `SuperuserRotation` instead' }] : [],
    ...membership(state, login, 'rds_iam') === undefined
      ? [] : [{ what: `${name} is a member of rds_iam, so that Amazon RDS refuses its password`, remedy: 'REVOKE rds_iam from it and from the roles that it is a member of' }],
  ];
}

/** Of the pending user only: the other's end is copied with care, and a dead pending user is seen by nobody but its clients. */
function expired(pair: Pair, state: State, { pending, passwordExpires }: RefusalOptions): Finding[] {
  const isExpired = pending === pair.first && !passwordExpires && state.roles.get(pending)?.expired === true;
  const name = quoteIdentifier(pending);
  return isExpired ? [{ what: `VALID UNTIL of ${name} is past`, remedy: `ALTER ROLE ${name} VALID UNTIL 'infinity', or set \`passwordValidFor\`` }] : [];
}

/** PostgreSQL refuses memberships in a circle. */
function backwards(pair: Pair, state: State): Finding[] {
  const [model, members] = pair.ownerRole === undefined ? [pair.first, [pair.twin]] : [pair.ownerRole, pair.logins];
  return members.filter(member => membership(state, model, member) !== undefined).map(member => ({
    what: `${quoteIdentifier(model)} is a member of ${quoteIdentifier(member)}, which has to become a member of it`,
    remedy: `Let a superuser run REASSIGN OWNED BY ${quoteIdentifier(member)} TO ${quoteIdentifier(model)} in each database, then REVOKE ${quoteIdentifier(member)} FROM ${quoteIdentifier(model)}`,
  }));
}

function unfitOwner(pair: Pair, state: State): Finding[] {
  if (pair.ownerRole === undefined || state.roles.get(pair.ownerRole)?.canLogin !== true) return [];
  const name = quoteIdentifier(pair.ownerRole);
  return [{ what: `the owner role ${name} can sign in itself`, remedy: `ALTER ROLE ${name} NOLOGIN, or name another \`ownerRole\`` }];
}

/** A first user that may not act as its own `role` setting signs in all the same, with a warning, and runs as itself. */
function failingOpen(pair: Pair, state: State): Finding[] {
  if (pair.ownerRole !== undefined) return [];
  const chosen = actingRoles(pair, state.settings).filter(role => role !== pair.first);
  const first = quoteIdentifier(pair.first);
  return chosen.flatMap(role => [
    ...missing(state, role, `the \`role\` setting of ${first} names`),
    ...state.roles.has(role) && membership(state, pair.first, role)?.mayAct !== true
      ? [{ what: `${first} may not act as ${quoteIdentifier(role)}, which its \`role\` setting names`, remedy: `GRANT ${quoteIdentifier(role)} TO ${first}` }] : [],
  ]);
}

function missing(state: State, role: string, who: string): Finding[] {
  if (state.roles.has(role)) return [];
  return [{ what: `${who} role ${quoteIdentifier(role)}, which does not exist`, remedy: `CREATE ROLE ${quoteIdentifier(role)}, or correct the name` }];
}
