import { count, duration, plural, promisesNoRefusal, STRATEGY_NAMES } from '../format';
import type { RotationReport } from '../model';
import type { RotationNumbers } from '../numbers';

/** What a reader should take away from a rotation, in a few sentences. */
export function finding(rotation: RotationReport, numbers: RotationNumbers): string {
  return [reReadingClients(rotation, numbers), onFailureClients(numbers)].filter(sentence => sentence !== '').join(' ');
}

function reReadingClients({ strategy }: RotationReport, { refusals: { reReading }, window }: RotationNumbers): string {
  if (reReading.signIns === 0) return 'No client signed in.';
  const clients = plural(reReading.clients, 'client');
  if (reReading.counted === 0) return `None of the ${clients} that read the secret again was refused, in ${plural(reReading.signIns, 'sign-in')}.`;
  const inside = reReading.counted - reReading.outdated;
  const told = `${plural(reReading.counted, 'sign-in')} of the ${clients} that read the secret again ${reReading.counted === 1 ? 'was' : 'were'} refused: `
    + `${count(inside)} inside a window, ${count(reReading.outdated)} with a copy read before it.`;
  if (promisesNoRefusal(strategy)) return `${told} ${capitalized(STRATEGY_NAMES[strategy])} promise none.`;
  return window ? `${told} A single credential has a window, here of ${duration(window.medianMs)}, and an older copy is of no use after it.` : told;
}

function onFailureClients({ refusals, recoveryMs }: RotationNumbers): string {
  const { refused, surfaced, clients } = refusals.byGroup['on-failure'];
  if (clients === 0) return '';
  if (refused === 0) return `The ${plural(clients, 'client')} that refresh only on failure met no refusal.`;
  const back = recoveryMs === undefined ? '' : ` and signed in again within ${duration(recoveryMs)} (median)`;
  const callers = surfaced === 0 ? 'none of their callers heard of it' : `${count(surfaced)} reached their callers`;
  return `The ${plural(clients, 'client')} that refresh only on failure were refused ${plural(refused, 'time')}${back}; ${callers}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
