import { duration, plural, STRATEGY_NAMES } from './format';
import { type Ink, inkFor } from './ink';
import { LiveLines } from './live-lines';
import type { RotationReport, RotationRun, SkippedRotation, StrategyName } from './model';
import { numbersOf } from './numbers';
import { printable } from './printable';
import type { ProgressStream } from './progress-stream';

/** What is told while a rehearsal runs. */
export interface Progress {
  /** A line about the rehearsal itself: what was started, what it waits for. */
  note(text: string): void;
  skipped(rotation: SkippedRotation): void;
  /** Begins the line of one rotation construct, to be rotated so many times. */
  begin(constructPath: string, strategy: StrategyName, rotations: number): RotationProgress;
}

/** The line of one rotation construct: updated in place on a terminal, one line per rotation elsewhere. */
export interface RotationProgress {
  /** What it does right now, e.g. `rotation 3, setSecret`: shown on a terminal only. */
  doing(what: string): void;
  rotated(run: RotationRun): void;
  finished(report: RotationReport): void;
}

/** Progress for people on a terminal; for logs, and wherever `CI` is set, as lines that are never rewritten. */
export function createProgress(stream: ProgressStream, environment: NodeJS.ProcessEnv = process.env): Progress {
  const live = stream.isTTY && !environment.CI && environment.TERM !== 'dumb';
  const ink = inkFor(stream, environment);
  const lines = new LiveLines(stream);
  return {
    note: text => lines.print(printable(text)),
    skipped: ({ constructPath, reason }) => lines.print(`${ink.warn('–')} ${printable(`${constructPath}: skipped, ${reason}`)}`),
    begin: (constructPath, strategy, rotations) => {
      const name = `${printable(constructPath)} (${STRATEGY_NAMES[strategy]})`;
      return live ? liveRotation(lines, name, rotations, ink) : plainRotation(lines, name, rotations, ink);
    },
  };
}

function liveRotation(lines: LiveLines, name: string, rotations: number, ink: Ink): RotationProgress {
  let marks = '';
  const show = (what: string): void => lines.update(name, `${marks}${'○'.repeat(Math.max(0, rotations - marks.length))} ${name}  ${printable(what)}`);
  show('');
  return {
    doing: show,
    rotated: run => {
      if (run.number > 0) marks += run.succeeded ? '●' : '✗';
      show(outcome(run));
    },
    finished: report => {
      lines.remove(name);
      lines.print(verdict(name, report, ink));
    },
  };
}

function plainRotation(lines: LiveLines, name: string, rotations: number, ink: Ink): RotationProgress {
  return {
    doing: () => undefined,
    rotated: run => lines.print(`  ${name}: ${label(run, rotations)} ${outcome(run)}`),
    finished: report => lines.print(verdict(name, report, ink)),
  };
}

function label({ number }: RotationRun, rotations: number): string {
  return number === 0 ? 'preflight' : `rotation ${number} of ${rotations}`;
}

function outcome(run: RotationRun): string {
  const window = run.windowMs === undefined ? '' : `, window ${duration(run.windowMs)}`;
  return `${run.succeeded ? 'succeeded' : 'failed'} in ${duration(run.finishedMs - run.startedMs)}${window}`;
}

function verdict(name: string, report: RotationReport, ink: Ink): string {
  const { held, succeeded, rotations, refusals } = numbersOf(report);
  const saw = `${refusals.reReading.counted} refused of ${plural(refusals.reReading.signIns, 'sign-in')}`;
  return `${held ? ink.good('✓') : ink.bad('✗')} ${name}: ${held ? 'held' : 'did not hold'}, ${succeeded} of ${plural(rotations, 'rotation')}, ${saw}`;
}
