import { count, duration } from '../format';
import { markup, type Markup, when } from '../markup';
import type { RotationRun, StepRun } from '../model';
import { clampedX, round, type Scale } from './scale';

/** From where to where a band reaches. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

/** Narrower than this, nobody would see it. */
const MIN_STEP = 0.8;
const MIN_WINDOW = 1.6;

/** One rotation as a band over all rows, its steps and its window inside. */
export function band(run: RotationRun, scale: Scale, extent: Extent): Markup {
  return markup`<g>${rect(`band${run.succeeded ? '' : ' failed'}`, scale, run.startedMs, run.finishedMs, extent, 3)}${
    run.steps.map((step, index) => rect(stepClass(step, index), scale, step.startedMs, step.startedMs + step.durationMs, extent, MIN_STEP))
  }${windowOf(run, scale, extent)}<title>${describe(run)}</title></g>`;
}

/** A rotation in words: the band's tooltip, and its text alternative. */
export function describe(run: RotationRun): string {
  const steps = run.steps.map(({ step, durationMs, cold }: StepRun) => `${step} ${duration(durationMs)}${cold ? ' (cold)' : ''}`);
  const window = run.windowMs === undefined ? '' : `, window ${duration(run.windowMs)}`;
  return `${name(run)} ${run.succeeded ? '' : 'failed '}at ${count(run.startedMs / 1_000)} s: ${steps.join(', ')}${window}`;
}

export function name(run: RotationRun): string {
  return run.number === 0 ? 'Preflight' : `Rotation ${run.number}`;
}

/** Steps follow one another without a gap: two shades by turns tell them apart. */
function stepClass({ error }: StepRun, index: number): string {
  if (error !== undefined) return 'step failed';
  return index % 2 === 0 ? 'step' : 'step next';
}

function windowOf({ windowMs, windowStartedMs }: RotationRun, scale: Scale, extent: Extent): Markup {
  return markup`${when(windowMs !== undefined && windowStartedMs !== undefined, () =>
    rect('window', scale, windowStartedMs ?? 0, (windowStartedMs ?? 0) + (windowMs ?? 0), extent, MIN_WINDOW))}`;
}

function rect(className: string, scale: Scale, fromMs: number, untilMs: number, { top, bottom }: Extent, minimum: number): Markup {
  const left = clampedX(scale, fromMs);
  const width = Math.max(minimum, round(clampedX(scale, untilMs) - left));
  return markup`<rect class="${className}" x="${left}" y="${top}" width="${width}" height="${bottom - top}"/>`;
}
