import { count, STRATEGY_NAMES } from '../format';
import { markup, type Markup } from '../markup';
import type { RotationReport, RotationRun } from '../model';
import { countRefusals } from '../refusals';
import { band, describe } from './bands';
import { axis, groupFindings, groupNames, LEFT, reignStrip, RIGHT, WIDTH } from './frame';
import { marks, tick } from './marks';
import { groupRows } from './rows';
import { instants, type Scale, x } from './scale';
import { levelsOf, reignsOf } from './versions';

const TOP = 52;

/** The whole rehearsal of one rotation: clients as rows, their sign-ins as marks, rotations as bands. */
export function timeline(rotation: RotationReport): Markup {
  const groups = groupRows(rotation.clients, TOP);
  const bottom = groups.at(-1)?.bottom ?? TOP;
  const scale = wholeTime(rotation);
  const runs = shownRuns(rotation.runs);
  const reigns = reignsOf(rotation);
  const refusals = countRefusals(rotation);
  const extent = { top: TOP - 8, bottom: bottom + 6 };
  return markup`<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-label="${alternative(rotation)}">
<rect class="paper" width="${WIDTH}" height="${bottom + 34}"/>
${runs.map(run => band(run, scale, extent))}
${runs.map(run => markup`<text class="number" x="${x(scale, (run.startedMs + run.finishedMs) / 2)}" y="14" text-anchor="middle">${run.number === 0 ? 'preflight' : run.number}</text>`)}
${reignStrip(reigns, scale, 22)}
${groups.map(group => [groupNames(group), groupFindings(group, refusals)])}
${axis(scale, instants(scale, 10), bottom, ms => `${count(ms / 1_000)} s`)}
${marks(groups.flatMap(group => group.rows), scale, levelsOf(reigns), tick)}
</svg>`;
}

/** What the picture shows, for those who cannot see it. */
function alternative(rotation: RotationReport): string {
  const { byGroup } = countRefusals(rotation);
  const saw = Object.values(byGroup).reduce((sum, group) => sum + group.refused, 0);
  const total = Object.values(byGroup).reduce((sum, group) => sum + group.signIns, 0);
  return `Timeline of ${rotation.constructPath} (${STRATEGY_NAMES[rotation.strategy]}): ${count(saw)} of ${count(total)} sign-ins refused. `
    + `${rotation.runs.map(describe).join('. ')}.`;
}

/** From the first rotation on: the preflight, whose waiting nobody needs to see, only where there is nothing else. */
function wholeTime({ runs, clients }: RotationReport): Scale {
  const shown = shownRuns(runs);
  const signIns = clients.flatMap(client => client.signIns);
  const fromMs = least([...shown.map(run => run.startedMs), ...signIns.map(signIn => signIn.atMs)]);
  const untilMs = Math.max(fromMs + 1_000, -least([...shown.map(run => -run.finishedMs), ...signIns.map(signIn => -signIn.atMs)]));
  const margin = (untilMs - fromMs) * 0.008;
  return { fromMs: fromMs - margin, untilMs: untilMs + margin, left: LEFT, right: RIGHT };
}

function shownRuns(runs: readonly RotationRun[]): readonly RotationRun[] {
  const rotations = runs.filter(run => run.number > 0);
  return rotations.length > 0 ? rotations : runs;
}

/** Not by `Math.min(...)`, whose arguments are limited in number. */
function least(values: readonly number[]): number {
  const first = values[0] ?? 0;
  return values.reduce((least_, value) => Math.min(least_, value), first);
}
