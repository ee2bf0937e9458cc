import { count, STRATEGY_NAMES } from '../format';
import { markup, type Markup } from '../markup';
import type { RotationReport } from '../model';
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
  const reigns = reignsOf(rotation);
  const refusals = countRefusals(rotation);
  const extent = { top: TOP - 8, bottom: bottom + 6 };
  return markup`<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-label="${alternative(rotation)}">
<rect class="paper" width="${WIDTH}" height="${bottom + 34}"/>
${rotation.runs.map(run => band(run, scale, extent))}
${rotation.runs.map(run => markup`<text class="number" x="${x(scale, (run.startedMs + run.finishedMs) / 2)}" y="14" text-anchor="middle">${run.number === 0 ? 'preflight' : run.number}</text>`)}
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

function wholeTime({ runs, clients }: RotationReport): Scale {
  const starts = [...runs.map(run => run.startedMs), ...clients.flatMap(client => client.signIns[0]?.atMs ?? [])];
  const ends = [...runs.map(run => run.finishedMs), ...clients.flatMap(client => client.signIns.at(-1)?.atMs ?? [])];
  const fromMs = starts.length > 0 ? Math.min(...starts) : 0;
  const untilMs = Math.max(fromMs + 1_000, ...ends);
  const margin = (untilMs - fromMs) * 0.008;
  return { fromMs: fromMs - margin, untilMs: untilMs + margin, left: LEFT, right: RIGHT };
}
