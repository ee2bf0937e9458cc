import { count, GROUP_NAMES, plural } from '../format';
import { markup, type Markup, when } from '../markup';
import type { RefusalCounts } from '../refusals';
import { type GroupRows, ROW_HEIGHT } from './rows';
import { clampedX, covers, round, type Scale, x } from './scale';
import type { Reign } from './versions';

/** All pictures have this width; the height follows from the clients. */
export const WIDTH = 1200;
export const LEFT = 128;
export const RIGHT = 1080;

const REIGN_HEIGHT = 12;

/** Who the clients of a group are, on the left of their rows. */
export function groupNames({ group, rows, top, bottom }: GroupRows): Markup {
  const middle = (top + bottom) / 2;
  return markup`<text class="label" x="${LEFT - 12}" y="${middle - 2}" text-anchor="end">${GROUP_NAMES[group]}</text>
<text class="faint" x="${LEFT - 12}" y="${middle + 12}" text-anchor="end">${plural(rows.length, 'client')}</text>
${rows.map(row => markup`<path class="rule" d="M${LEFT} ${row.top + ROW_HEIGHT / 2}H${RIGHT}"/>`)}`;
}

/** What a group saw, on the right of its rows. */
export function groupFindings({ group, top, bottom }: GroupRows, refusals: RefusalCounts): Markup {
  const { refused, signIns, surfaced } = refusals.byGroup[group];
  const middle = (top + bottom) / 2;
  return markup`<text class="label ${refused > 0 ? 'alarm' : ''}" x="${RIGHT + 12}" y="${middle - 2}">${count(refused)} refused</text>
<text class="faint" x="${RIGHT + 12}" y="${middle + 12}">of ${count(signIns)}${when(group === 'on-failure', () => `, ${count(surfaced)} surfaced`)}</text>`;
}

/** Which version was AWSCURRENT when: the strip is the key to the colours and levels below it. */
export function reignStrip(reigns: readonly Reign[], scale: Scale, top: number): Markup {
  return markup`<text class="label" x="${LEFT - 12}" y="${top + 10}" text-anchor="end">AWSCURRENT</text>${reigns
    .filter(reign => reign.fromMs < scale.untilMs && (reign.untilMs ?? Infinity) > scale.fromMs)
    .map(reign => reignBar(reign, scale, top))}`;
}

function reignBar({ version, level, fromMs, untilMs }: Reign, scale: Scale, top: number): Markup {
  const left = clampedX(scale, fromMs);
  const width = round(clampedX(scale, untilMs ?? Infinity) - left);
  return markup`<rect class="reign ${level}" x="${left}" y="${top}" width="${Math.max(1, width)}" height="${REIGN_HEIGHT}"/>${
    when(width > 64, () => markup`<text class="version" x="${left + 5}" y="${top + 9.5}">${version}</text>`)}`;
}

/** A time axis: hairlines, and labels below the rows. */
export function axis(scale: Scale, instants: readonly number[], bottom: number, label: (ms: number) => string): Markup {
  return markup`<path class="hair" d="M${scale.left} ${bottom + 6}H${scale.right}"/>${instants.filter(ms => covers(scale, ms)).map(ms => markup`
<path class="hair" d="M${x(scale, ms)} ${bottom + 6}v4"/><text class="faint" x="${x(scale, ms)}" y="${bottom + 22}" text-anchor="middle">${label(ms)}</text>`)}`;
}
