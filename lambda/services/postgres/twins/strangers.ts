import { quoteIdentifier } from '../identifiers';
import { Finding } from './finding';
import { Pair } from './pair';
import { actingRole, actingRoles, Holding, membership, State } from './state';

/** Whether nothing hangs on a user itself that its sessions would lose when they begin to act as another role. */
export function isSettled(pair: Pair, state: State): boolean {
  return ownedObjects(state).length === 0 && strangers(pair, state).length === 0;
}

/** What `REASSIGN OWNED` moves; default privileges are not among it. */
export function ownedObjects(state: State): readonly Holding[] {
  return state.holdings.filter(holding => holding.kind === 'owns');
}

/** Rights of a user itself, which no hand-over moves: they end for sessions that act as another role. */
export function strangers(pair: Pair, state: State): readonly Finding[] {
  return [...grants(pair, state), ...foreignMemberships(pair, state), ...attributes(pair, state)];
}

function grants(pair: Pair, state: State): Finding[] {
  const acting = actingRole(pair, state.settings, null);
  return state.holdings.filter(holding => holding.kind !== 'owns' && !isIdle(pair, holding)).map(holding => ({
    what: `${quoteIdentifier(holding.login)} itself ${WORDS[holding.kind]} ${where(holding)}`,
    remedy: `Grant to ${quoteIdentifier(acting)} what ${quoteIdentifier(holding.login)} was granted, and revoke it from ${quoteIdentifier(holding.login)}: both users act as ${quoteIdentifier(acting)}`,
  }));
}

const WORDS: Readonly<Record<Holding['kind'], string>> = {
  'owns': 'owns what it created',
  'granted': 'was granted rights',
  'policy': 'is named by row level security policies',
  'default privileges': 'has default privileges for what it will create',
};

/** A twin that acts as another role creates nothing of its own any more: its default privileges have no effect. */
function isIdle(pair: Pair, holding: Holding): boolean {
  return holding.kind === 'default privileges' && holding.login === pair.twin;
}

export function where({ database, count }: Holding): string {
  const objects = count === 1 ? '1 object' : `${count} objects`;
  return database === null ? `on ${objects} that all databases share` : `on ${objects} in database ${quoteIdentifier(database)}`;
}

function foreignMemberships(pair: Pair, state: State): Finding[] {
  const acting = actingRoles(pair, state.settings);
  const expected = new Set([pair.first, ...acting]);
  const models = [...acting, ...pair.ownerRole === undefined ? [pair.first] : []];
  const direct = state.memberships.filter(given => given.direct && pair.arranged.includes(given.member) && !expected.has(given.role));
  return direct.filter(given => !models.some(model => membership(state, model, given.role) !== undefined)).map(given => ({
    what: `${quoteIdentifier(given.member)} is a member of ${quoteIdentifier(given.role)}, and the role that it acts as is not`,
    remedy: `GRANT ${quoteIdentifier(given.role)} TO ${quoteIdentifier(acting[0] ?? pair.first)}, or REVOKE it from ${quoteIdentifier(given.member)}`,
  }));
}

function attributes(pair: Pair, state: State): Finding[] {
  return pair.arranged.flatMap(login => (state.roles.get(login)?.attributes ?? []).map(attribute => ({
    what: `${quoteIdentifier(login)} itself is ${attribute}, which ends for sessions that act as another role`,
    remedy: `ALTER ROLE ${quoteIdentifier(login)} NO${attribute}`,
  })));
}
