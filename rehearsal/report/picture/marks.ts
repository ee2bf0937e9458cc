import { markup, type Markup, trusted, when } from '../markup';
import type { ClientSignIn, ClientReport } from '../model';
import { type ClientRow, ROW_HEIGHT } from './rows';
import { clampedX, covers, type Scale, x } from './scale';
import type { Level } from './versions';

/** How an accepted sign-in is drawn: an upright tick, or a bar as long as it took. */
export type MarkShape = (scale: Scale, signIn: ClientSignIn, row: ClientRow, level: Level) => string;

const LEVELS: readonly Level[] = ['a', 'b'];
const MIDDLE = ROW_HEIGHT / 2;
/** Refusals beyond these are drawn all the same, and have no tooltip of their own. */
const TOOLTIPS = 300;

/**
 * The sign-ins of all rows. One path holds all marks of a colour in a row, so that thousands of them stay a small file;
 * refused ones come last, on top of everything.
 */
export function marks(rows: readonly ClientRow[], scale: Scale, levelOf: (version: string) => Level, shape: MarkShape): Markup {
  const visible = rows.map(row => ({ ...row, signIns: thinned(row.client, scale) }));
  const accepted = visible.flatMap(row => LEVELS.map(level => path(level, row.signIns
    .filter(signIn => signIn.outcome === 'accepted' && levelOf(signIn.version) === level)
    .map(signIn => shape(scale, signIn, row, level)))));
  const errors = visible.map(row => path('error', ofOutcome(row.signIns, 'error').map(signIn => cross(scale, signIn, row))));
  const refused = visible.map(row => ({ row, signIns: ofOutcome(row.signIns, 'refused') }));
  const dots = refused.map(({ row, signIns }) => signIns.map(signIn => dot(scale, signIn, row)));
  const tooltips = refused.flatMap(({ row, signIns }) => signIns.map(signIn => tooltip(scale, signIn, row)));
  return markup`<g>${accepted}${errors}</g><g>${dots.map(d => path('halo', d))}${dots.map(d => path('refused', d))}${tooltips.slice(0, TOOLTIPS)}</g>`;
}

/** An upright tick in the upper or lower half of the row. */
export function tick(scale: Scale, { atMs }: ClientSignIn, { top }: ClientRow, level: Level): string {
  return `M${x(scale, atMs)} ${level === 'a' ? top + 0.8 : top + 4.8}v3.4`;
}

/** A bar from the beginning of the sign-in to its end. */
export function bar(scale: Scale, { atMs, durationMs }: ClientSignIn, { top }: ClientRow, level: Level): string {
  return `M${clampedX(scale, atMs)} ${level === 'a' ? top + 2.5 : top + 6.5}H${clampedX(scale, atMs + durationMs)}`;
}

/** The sign-ins in the picture, without those that would lie on the one before: a pixel holds one mark. */
function thinned({ signIns }: ClientReport, scale: Scale): readonly ClientSignIn[] {
  let last = -Infinity;
  return signIns.filter(({ atMs, outcome }) => {
    if (!covers(scale, atMs)) return false;
    const at = x(scale, atMs);
    if (outcome === 'accepted' && at - last < 1) return false;
    last = at;
    return true;
  });
}

function ofOutcome(signIns: readonly ClientSignIn[], outcome: ClientSignIn['outcome']): readonly ClientSignIn[] {
  return signIns.filter(signIn => signIn.outcome === outcome);
}

/** A line of no length with round ends. */
function dot(scale: Scale, { atMs }: ClientSignIn, { top }: ClientRow): string {
  return `M${x(scale, atMs)} ${top + MIDDLE}h0`;
}

function cross(scale: Scale, { atMs }: ClientSignIn, { top }: ClientRow): string {
  return `M${x(scale, atMs) - 3} ${top + MIDDLE - 3}l6 6m0-6l-6 6`;
}

function tooltip(scale: Scale, { atMs, code = '', version }: ClientSignIn, { client, top }: ClientRow): Markup {
  const text = `${client.name}: refused at ${(atMs / 1_000).toFixed(3)} s with version ${version} (${code})`;
  return markup`<circle cx="${x(scale, atMs)}" cy="${top + MIDDLE}" r="6" fill="transparent"><title>${text}</title></circle>`;
}

function path(name: string, data: readonly string[]): Markup {
  return markup`${when(data.length > 0, () => markup`<path class="${name}" d="${trusted(data.join(''))}"/>`)}`;
}
