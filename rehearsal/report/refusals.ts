import type { ClientGroup, ClientReport, ClientSignIn, RotationReport, RotationRun } from './model';

/** The groups, in the order in which every report lists them. */
export const CLIENT_GROUPS: readonly ClientGroup[] = ['each-time', 'time-to-live', 'on-failure'];

/** What one group of clients saw. */
export interface GroupCounts {
  readonly clients: number;
  readonly signIns: number;
  /** Every refused sign-in. */
  readonly refused: number;
  /** Those with a version that was AWSCURRENT within the last interval: the ones that no client should meet. */
  readonly counted: number;
  /** Of the counted, those with a copy that another version had replaced already: the rest fell into a window. */
  readonly outdated: number;
  /** Failed for another reason than the credential. */
  readonly errors: number;
  /** Refusals that reached the client's caller. */
  readonly surfaced: number;
}

export interface RefusalCounts {
  readonly byGroup: Readonly<Record<ClientGroup, GroupCounts>>;
  /** Each-time and time-to-live together: the clients that the promise is made to. */
  readonly reReading: GroupCounts;
}

export function countRefusals(rotation: Pick<RotationReport, 'clients' | 'runs'>): RefusalCounts {
  const group = (name: ClientGroup): GroupCounts =>
    countGroup(rotation.clients.filter(client => client.group === name), rotation.runs);
  return {
    byGroup: { 'each-time': group('each-time'), 'time-to-live': group('time-to-live'), 'on-failure': group('on-failure') },
    reReading: countGroup(rotation.clients.filter(client => client.group !== 'on-failure'), rotation.runs),
  };
}

/**
 * Whether a refusal counts against the promise: "a client whose copy of the secret is younger than the time between two
 * rotations is never refused". A version that ceased to be AWSCURRENT before the rotation before the last one began was
 * last read longer ago than that. What is not known counts.
 */
export function countsAsRefused(signIn: ClientSignIn, runs: readonly RotationRun[]): boolean {
  if (signIn.outcome !== 'refused') return false;
  const replacedMs = replacedAt(signIn.version, runs);
  return replacedMs === undefined || !runs.some(run => run.startedMs > replacedMs && run.startedMs <= signIn.atMs);
}

/** When another version took AWSCURRENT from this one; undefined while it is current, or was never seen to be. */
function replacedAt(version: string, runs: readonly RotationRun[]): number | undefined {
  const promoted = runs.map(run => run.promotedVersion).lastIndexOf(version);
  const next = promoted < 0 ? undefined : runs.slice(promoted + 1).find(run => run.promotedMs !== undefined);
  return next?.promotedMs;
}

function countGroup(clients: readonly ClientReport[], runs: readonly RotationRun[]): GroupCounts {
  const signIns = clients.flatMap(client => client.signIns);
  const counted = signIns.filter(signIn => countsAsRefused(signIn, runs));
  return {
    clients: clients.length,
    signIns: signIns.length,
    refused: signIns.filter(signIn => signIn.outcome === 'refused').length,
    counted: counted.length,
    outdated: counted.filter(signIn => (replacedAt(signIn.version, runs) ?? Infinity) <= signIn.atMs).length,
    errors: signIns.filter(signIn => signIn.outcome === 'error').length,
    surfaced: clients.reduce((sum, client) => sum + client.surfaced, 0),
  };
}
