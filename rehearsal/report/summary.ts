import { count, duration, plural, promisesNoRefusal, STRATEGY_NAMES } from './format';
import { type Ink, PLAIN } from './ink';
import type { RehearsalReport, RotationReport } from './model';
import { type CallsPerRotation, numbersOf, type RotationNumbers } from './numbers';
import { printable } from './printable';
import { entry, paragraph, type Row, table } from './text-table';

/** The rehearsal in numbers, for a terminal of 100 columns: a table per rotation, and a last line that says whether all held. */
export function renderSummary(report: RehearsalReport, ink: Ink = PLAIN): string {
  return [
    ...report.rotations.map(rotation => rotationBlock(rotation, report, ink)),
    ...skippedBlock(report, ink),
    ...standInsBlock(report, ink),
    verdict(report, ink),
  ].join('\n\n') + '\n';
}

function rotationBlock(rotation: RotationReport, report: RehearsalReport, ink: Ink): string {
  const numbers = numbersOf(rotation);
  const title = `${ink.bold(printable(rotation.constructPath))}  ${STRATEGY_NAMES[rotation.strategy]}`;
  const rows: Row[] = [
    ['Rotations', `${numbers.succeeded} of ${numbers.rotations} succeeded`],
    ...refusalRows(numbers),
    ['Window', windowText(rotation, numbers)],
    ["Function's sign-ins", `${perRotation(numbers.signIns, numbers)}, ${count(numbers.signInsRefused)} refused`],
    ['Duration of a step', durations(numbers)],
    ['Runtime', `Node.js ${report.nodeVersion.replace(/^v/, '')} here, ${rotation.templateRuntime} in the template`],
    ...callRows(numbers),
    ...iamRows(rotation),
  ];
  const failures = rotation.failures.map(failure => entry(ink.bad('✗'), failure));
  return [title, table(rows), ...failures].join('\n');
}

function refusalRows({ refusals: { reReading, byGroup }, recoveryMs }: RotationNumbers): Row[] {
  const older = reReading.refused - reReading.counted;
  const errors = reReading.errors + byGroup['on-failure'].errors;
  return [
    ['Refused sign-ins', `${count(reReading.counted)} of ${count(reReading.signIns)} by clients that read again `
      + `(each time ${count(byGroup['each-time'].counted)}, time to live ${count(byGroup['time-to-live'].counted)})`],
    ...(reReading.counted > 0 ? [['', `${count(reReading.counted - reReading.outdated)} inside a window, `
      + `${count(reReading.outdated)} with a copy read before it`] as const] : []),
    ...(older > 0 ? [['  not counted', `${count(older)} with a copy older than the time between two rotations`] as const] : []),
    ['Refresh on failure', `${count(byGroup['on-failure'].refused)} refused of ${count(byGroup['on-failure'].signIns)}, `
      + `${count(byGroup['on-failure'].surfaced)} surfaced`
      + (recoveryMs === undefined ? '' : `, signed in again after ${duration(recoveryMs)} (median)`)],
    ...(errors > 0 ? [['Other errors', plural(errors, 'sign-in')] as const] : []),
  ];
}

function windowText({ strategy }: RotationReport, { window }: RotationNumbers): string {
  if (window) return `${duration(window.medianMs)} median, ${duration(window.maxMs)} longest`;
  return promisesNoRefusal(strategy) ? 'none: the current version works throughout' : 'not measured';
}

function durations({ coldMs, warmMs }: RotationNumbers): string {
  const told = (ms: number | undefined): string => ms === undefined ? '–' : duration(ms);
  return `${told(coldMs)} cold, ${told(warmMs)} warm (medians)`;
}

function callRows({ calls, callsPerRotation, serviceCalls, serviceCallsPerRotation }: RotationNumbers): Row[] {
  return [
    ['Secrets Manager', `${plural(callsPerRotation, 'call')} per rotation: ${callsText(calls)}`],
    ...(serviceCalls.length > 0 ? [['Other services', `${plural(serviceCallsPerRotation, 'call')} per rotation: ${callsText(serviceCalls)}`] as const] : []),
  ];
}

function callsText(calls: readonly CallsPerRotation[]): string {
  return calls.map(call => `${printable(call.name)} ${count(call.perRotation)}`).join(', ');
}

function perRotation(total: number, { rotations }: RotationNumbers): string {
  return `${count(rotations === 0 ? 0 : total / rotations)} per rotation`;
}

function iamRows({ iam }: RotationReport): Row[] {
  const rows = (label: string, lines: readonly string[]): Row[] => lines.map((line, index) => [index === 0 ? label : '', line]);
  return [
    ['IAM', `${count(iam.denied.length)} denied, ${plural(iam.unusedGrants.length, 'grant')} unused`],
    ...rows('  denied', iam.denied),
    ...rows('  unused', iam.unusedGrants),
    ...rows('  not evaluated', iam.unknown),
  ];
}

function skippedBlock({ skipped }: RehearsalReport, ink: Ink): string[] {
  if (skipped.length === 0) return [];
  return [[ink.bold('Not rehearsed'), ...skipped.map(({ constructPath, reason }) => entry(ink.warn('–'), `${constructPath}: ${reason}`))].join('\n')];
}

function standInsBlock({ rotations, standIns }: RehearsalReport, ink: Ink): string[] {
  if (rotations.length === 0) return [];
  return [[ink.bold('What stood in for AWS'), ...standIns.map(sentence => paragraph(sentence))].join('\n')];
}

function verdict({ held, rotations, skipped, durationMs }: RehearsalReport, ink: Ink): string {
  const failed = rotations.filter(rotation => rotation.failures.length > 0).length;
  const without = skipped.length > 0 ? `, ${count(skipped.length)} skipped` : '';
  const took = `in ${duration(durationMs)}`;
  if (held) return ink.good(`Every rotation held: ${plural(rotations.length, 'rotation')} rehearsed${without}, ${took}.`);
  if (rotations.length === 0) return ink.bad(`Nothing was rehearsed: ${nothing(skipped.length)}.`);
  return ink.bad(`${count(failed)} of ${plural(rotations.length, 'rotation')} did not hold${without}, ${took}.`);
}

function nothing(skipped: number): string {
  if (skipped === 0) return 'the assembly has no rotation of a secret';
  return `${plural(skipped, 'rotation')} skipped, for the ${skipped === 1 ? 'reason' : 'reasons'} above`;
}
