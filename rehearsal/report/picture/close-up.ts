import { count, duration } from '../format';
import { markup, type Markup, when } from '../markup';
import type { ClientSignIn, RotationReport, RotationRun } from '../model';
import { countRefusals } from '../refusals';
import { band, name } from './bands';
import { axis, groupNames, LEFT, reignStrip, RIGHT, WIDTH } from './frame';
import { bar, marks } from './marks';
import { groupRows } from './rows';
import { clampedX, covers, instants, type Scale } from './scale';
import { levelsOf, reignsOf } from './versions';

const LINE = 14;
const STRIP = 10;

/** One rotation from near: its steps by name, and every sign-in as long as it took. */
export function closeUp(rotation: RotationReport, run: RotationRun): Markup {
  const labels = stepLabels(run, around(run));
  const top = STRIP + 24 + labels.length * LINE + 12;
  const groups = groupRows(rotation.clients, top);
  const bottom = groups.at(-1)?.bottom ?? top;
  const scale = around(run);
  const reigns = reignsOf(rotation);
  const extent = { top: top - 8, bottom: bottom + 6 };
  return markup`<svg class="picture bars" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-label="${alternative(rotation, run, scale)}">
<rect class="paper" width="${WIDTH}" height="${bottom + 34}"/>
${band(run, scale, extent)}
${labels.map((label, index) => stepLabel(label, scale, STRIP + 24 + index * LINE, extent.top))}
${reignStrip(reigns, scale, STRIP - 4)}
${groups.map(group => groupNames(group))}
${axis(scale, instants(scale, 10, run.startedMs), bottom, ms => `${count(Math.round(ms - run.startedMs))} ms`)}
${marks(groups.flatMap(group => group.rows), scale, levelsOf(reigns), bar)}
</svg>`;
}

/** The rotation to look at: the one with most refusals around it; of equals, the one with the longest window. */
export function mostTelling({ clients, runs }: RotationReport): RotationRun | undefined {
  const refused = clients.flatMap(client => client.signIns).filter(signIn => signIn.outcome === 'refused');
  const near = (run: RotationRun): number => refused.filter(signIn => covers(around(run), signIn.atMs)).length;
  return runs
    .filter(run => run.number > 0)
    .sort((one, other) => near(other) - near(one) || (other.windowMs ?? 0) - (one.windowMs ?? 0) || other.number - one.number)[0];
}

/** What is labelled above the band, each on a line of its own, the earliest on top: so no pointer crosses a text. */
interface Label {
  readonly atMs: number;
  readonly text: string;
  readonly className: string;
}

function stepLabels(run: RotationRun, scale: Scale): readonly Label[] {
  const steps = run.steps.map(({ step, durationMs, cold, startedMs }) =>
    ({ atMs: startedMs, text: `${step} ${duration(durationMs)}${cold ? ', cold' : ''}`, className: 'faint' }));
  const window = run.windowMs === undefined || run.windowStartedMs === undefined ? []
    : [{ atMs: run.windowStartedMs, text: `window ${duration(run.windowMs)}`, className: 'alarm' }];
  const moves = run.promotedMs === undefined ? [] : [{ atMs: run.promotedMs, text: 'AWSCURRENT moves', className: 'label' }];
  return [...steps, ...window, ...moves].filter(label => covers(scale, label.atMs));
}

/** On the left of its line where there is no room on the right. */
function stepLabel({ atMs, text, className }: Label, scale: Scale, y: number, bottom: number): Markup {
  const left = clampedX(scale, atMs);
  const onLeft = left > RIGHT - 150;
  return markup`<path class="hair" d="M${left} ${y - 9}V${bottom}"/>
<text class="${className}" x="${onLeft ? left - 5 : left + 5}" y="${y}"${when(onLeft, () => markup` text-anchor="end"`)}>${text}</text>`;
}

/** From shortly before the steps to shortly after the promotion; of a long rotation, its end. */
function around(run: RotationRun): Scale {
  const end = run.promotedMs ?? run.finishedMs;
  const begin = Math.max(run.startedMs, Math.min(end - 600, run.windowStartedMs ?? end));
  const margin = (end - begin) * 0.15 + 20;
  return { fromMs: begin - margin, untilMs: end + margin + 180, left: LEFT, right: RIGHT };
}

function alternative(rotation: RotationReport, run: RotationRun, scale: Scale): string {
  const seen = rotation.clients.flatMap(client => client.signIns).filter((signIn: ClientSignIn) => covers(scale, signIn.atMs));
  const refused = seen.filter(signIn => signIn.outcome === 'refused').length;
  const of = countRefusals(rotation).reReading.clients;
  return `${name(run)} of ${rotation.constructPath} from near: ${count(refused)} of ${count(seen.length)} sign-ins refused; ${of} clients re-read the secret.`;
}
