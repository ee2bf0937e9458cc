import { promisesNoRefusal } from '../report/format';
import type { ClientReport, RotationRun, StrategyName } from '../report/model';
import { countRefusals } from '../report/refusals';

export interface Seen {
  readonly strategy: StrategyName;
  readonly runs: readonly RotationRun[];
  readonly clients: readonly ClientReport[];
}

/** What clients saw that they must not see; empty when the rotation kept its promises to them. */
export function brokenPromises(seen: Seen): string[] {
  const { byGroup, reReading } = countRefusals(seen);
  const promised = promisesNoRefusal(seen.strategy);
  const refused = promised ? reReading.counted : outsideOfRotations(seen);
  const errors = reReading.errors + byGroup['on-failure'].errors;
  const { surfaced } = byGroup['on-failure'];
  return [
    ...refused === 0 ? [] : [`${refused} sign-ins of clients that re-read the secret were refused${promised ? '' : ' outside of any rotation'}`],
    ...errors === 0 ? [] : [`${errors} sign-ins failed for another reason than the credential: ${codes(seen.clients)}`],
    ...surfaced === 0 ? [] : [`${surfaced} refusals reached the callers of clients that retry with backoff`],
  ];
}

/**
 * A strategy with a single credential refuses while it changes: clients that read the secret each time may be refused
 * during a rotation, and at no other time.
 */
function outsideOfRotations({ clients, runs }: Seen): number {
  return clients.filter(({ group }) => group === 'each-time').flatMap(({ signIns }) => signIns)
    .filter(({ outcome, atMs, durationMs }) => outcome === 'refused' && !runs.some(run => atMs <= run.finishedMs && atMs + durationMs >= run.startedMs)).length;
}

function codes(clients: readonly ClientReport[]): string {
  const seen = clients.flatMap(({ signIns }) => signIns).filter(({ outcome }) => outcome === 'error').map(({ code }) => code ?? 'unknown');
  return [...new Set(seen)].join(', ');
}
