import type { ClientReport, RotationReport, RotationRun } from './model';
import { countRefusals, type RefusalCounts } from './refusals';

/** The numbers that the terminal's summary and the page's cards show, worked out once. */
export interface RotationNumbers {
  readonly rotations: number;
  readonly succeeded: number;
  readonly refusals: RefusalCounts;
  /** Absent where no run had a window. */
  readonly window?: { readonly medianMs: number; readonly maxMs: number };
  readonly calls: readonly CallsPerRotation[];
  readonly callsPerRotation: number;
  /** Of other services than Secrets Manager; empty where the function called none. */
  readonly serviceCalls: readonly CallsPerRotation[];
  readonly serviceCallsPerRotation: number;
  readonly signIns: number;
  readonly signInsRefused: number;
  /** Median duration of a step in a fresh process, its start included. */
  readonly coldMs?: number;
  readonly warmMs?: number;
  /** How long an on-failure client took from a refused sign-in to its next accepted one; absent without refusals. */
  readonly recoveryMs?: number;
  readonly held: boolean;
}

export interface CallsPerRotation {
  readonly name: string;
  readonly perRotation: number;
}

export function numbersOf(rotation: RotationReport): RotationNumbers {
  const runs = rotationsOf(rotation);
  const windows = runs.flatMap(run => run.windowMs ?? []);
  const steps = runs.flatMap(run => run.steps);
  const calls = callsOf(runs.map(run => run.secretsManagerCalls));
  const serviceCalls = callsOf(runs.map(run => run.serviceCalls ?? {}));
  return {
    rotations: runs.length,
    succeeded: runs.filter(run => run.succeeded).length,
    refusals: countRefusals(rotation),
    ...(windows.length > 0 && { window: { medianMs: median(windows) ?? 0, maxMs: Math.max(...windows) } }),
    calls,
    callsPerRotation: inAll(calls),
    serviceCalls,
    serviceCallsPerRotation: inAll(serviceCalls),
    signIns: runs.reduce((sum, run) => sum + run.signIns, 0),
    signInsRefused: runs.reduce((sum, run) => sum + run.signInsRefused, 0),
    coldMs: median(steps.filter(step => step.cold).map(step => step.durationMs)),
    warmMs: median(steps.filter(step => !step.cold).map(step => step.durationMs)),
    recoveryMs: median(rotation.clients.filter(client => client.group === 'on-failure').flatMap(recoveries)),
    held: rotation.failures.length === 0,
  };
}

/** Without the preflight, which is numbered 0: it rotates nothing. */
export function rotationsOf(rotation: RotationReport): readonly RotationRun[] {
  return rotation.runs.filter(run => run.number > 0);
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Only the first refusal of a row of them begins a recovery. */
function recoveries({ signIns }: ClientReport): number[] {
  return signIns.flatMap((signIn, index) => {
    if (signIn.outcome !== 'refused' || signIns[index - 1]?.outcome === 'refused') return [];
    const recovered = signIns.slice(index).find(later => later.outcome === 'accepted');
    return recovered ? [recovered.atMs + recovered.durationMs - signIn.atMs] : [];
  });
}

function callsOf(runs: readonly Readonly<Record<string, number>>[]): readonly CallsPerRotation[] {
  const names = [...new Set(runs.flatMap(calls => Object.keys(calls)))].sort();
  return names.map(name => ({ name, perRotation: runs.reduce((sum, calls) => sum + (calls[name] ?? 0), 0) / runs.length }));
}

function inAll(calls: readonly CallsPerRotation[]): number {
  return calls.reduce((sum, call) => sum + call.perRotation, 0);
}
