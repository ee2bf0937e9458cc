import { count, duration, promisesNoRefusal } from '../format';
import { type Content, markup, type Markup } from '../markup';
import type { RehearsalReport, RotationReport } from '../model';
import type { CallsPerRotation, RotationNumbers } from '../numbers';

interface Card {
  readonly label: string;
  readonly value: string;
  readonly note: Content;
  readonly alarm?: boolean;
}

/** The summary's numbers, each with what it is of. */
export function cards(rotation: RotationReport, numbers: RotationNumbers, report: RehearsalReport): Markup {
  return markup`<dl class="cards">${[...clientCards(rotation, numbers), ...functionCards(rotation, numbers, report)].map(card)}</dl>`;
}

function clientCards({ strategy }: RotationReport, { refusals: { reReading, byGroup }, window, recoveryMs }: RotationNumbers): Card[] {
  const onFailure = byGroup['on-failure'];
  const noWindow = promisesNoRefusal(strategy) ? 'the current version works throughout' : 'not measured';
  return [
    {
      label: 'Refused sign-ins',
      value: count(reReading.counted),
      note: `of ${count(reReading.signIns)} by clients that read again${reReading.counted === 0 ? ''
        : `: ${count(reReading.counted - reReading.outdated)} inside a window, ${count(reReading.outdated)} with an older copy`}`,
      alarm: reReading.counted > 0,
    },
    {
      label: 'Refusals surfaced',
      value: count(onFailure.surfaced),
      note: `of ${count(onFailure.refused)} that refresh on failure met${recoveryMs === undefined ? '' : `; back after ${duration(recoveryMs)}`}`,
      alarm: onFailure.surfaced > 0,
    },
    { label: 'Window', value: window ? duration(window.medianMs) : 'none', note: window ? `median; ${duration(window.maxMs)} longest` : noWindow },
  ];
}

function functionCards({ templateRuntime }: RotationReport, numbers: RotationNumbers, { nodeVersion }: RehearsalReport): Card[] {
  const { callsPerRotation, calls, serviceCallsPerRotation, serviceCalls, signIns, signInsRefused, rotations, coldMs, warmMs } = numbers;
  return [
    { label: 'Secrets Manager calls', value: count(callsPerRotation), note: callsNote(calls) },
    ...serviceCalls.length > 0 ? [{ label: 'Other services', value: count(serviceCallsPerRotation), note: callsNote(serviceCalls) }] : [],
    { label: 'Function’s sign-ins', value: count(signIns / Math.max(1, rotations)), note: `per rotation; ${count(signInsRefused)} refused in all`, alarm: signInsRefused > 0 },
    {
      label: 'Step, warm',
      value: warmMs === undefined ? '–' : duration(warmMs),
      note: `${coldMs === undefined ? '–' : duration(coldMs)} cold, on Node.js ${nodeVersion.replace(/^v/, '')}; the template says ${templateRuntime}`,
    },
  ];
}

function callsNote(calls: readonly CallsPerRotation[]): Content {
  return calls.map(({ name, perRotation }) => markup`${breakable(name)} ${count(perRotation)}<br>`);
}

/** May wrap before each word of a name, and inside none: `IAM` stays in one piece. */
function breakable(name: string): Content {
  return name.split(/(?<=[a-z])(?=[A-Z])/).map(word => markup`<wbr>${word}`);
}

function card({ label, value, note, alarm }: Card): Markup {
  return markup`<div class="card"><dt>${label}</dt><dd class="value${alarm ? ' alarm' : ''}">${value}</dd><dd class="note">${note}</dd></div>`;
}
