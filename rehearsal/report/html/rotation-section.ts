import { count, duration, plural, STRATEGY_NAMES } from '../format';
import { markup, type Markup, when } from '../markup';
import type { IamReport, RehearsalReport, RotationReport, RotationRun } from '../model';
import { numbersOf } from '../numbers';
import { cards } from './cards';
import { finding } from './finding';
import { legend } from './legend';
import { name } from '../picture/bands';
import { closeUp, mostTelling } from '../picture/close-up';
import { timeline } from '../picture/timeline';

/** One rotation construct: what was found, the numbers, the picture, one rotation from near, and the details. */
export function rotationSection(rotation: RotationReport, report: RehearsalReport, id: string): Markup {
  const numbers = numbersOf(rotation);
  return markup`<section class="rotation" aria-labelledby="${id}">
<h2 id="${id}">${rotation.constructPath} <span class="strategy">${STRATEGY_NAMES[rotation.strategy]}</span></h2>
<p class="finding">${finding(rotation, numbers)}</p>
${when(rotation.failures.length > 0, () => markup`<ul class="failures">${rotation.failures.map(failure => markup`<li>${failure}</li>`)}</ul>`)}
${cards(rotation, numbers, report)}
<figure><div class="scroll">${timeline(rotation)}</div><figcaption>${legend(rotation)}</figcaption></figure>
${closeUpFigure(rotation)}
${details(rotation)}
</section>`;
}

function closeUpFigure(rotation: RotationReport): Markup {
  const run = mostTelling(rotation);
  if (!run) return markup``;
  return markup`<figure><h3>${name(run)} from near</h3><div class="scroll">${closeUp(rotation, run)}</div>
<figcaption>Each bar is a sign-in, as long as it took. Time counts from the start of the rotation; the shaded stretches are the four steps${
  when(run.windowMs !== undefined, () => ', the red one is the window: the old credential is refused already, the new one is not current yet')}.</figcaption></figure>`;
}

function details({ runs, iam }: RotationReport): Markup {
  return markup`<details><summary>Every run and the function’s permissions</summary>
<div class="scroll"><table><caption>Runs</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Began</th><th scope="col">Steps</th><th scope="col">Window</th><th scope="col">Calls</th><th scope="col">Sign-ins</th><th scope="col">Outcome</th></tr></thead>
<tbody>${runs.map(runRow)}</tbody></table></div>
${iamLists(iam)}</details>`;
}

function runRow(run: RotationRun): Markup {
  const others = inAll(run.serviceCalls ?? {});
  return markup`<tr><th scope="row">${name(run)}</th><td>${count(run.startedMs / 1_000)} s</td>
<td class="text">${run.steps.map((step, index) => markup`${index > 0 ? ', ' : ''}${step.step} ${duration(step.durationMs)}${step.cold ? ' cold' : ''}${
  step.attempt > 1 ? ` (attempt ${step.attempt})` : ''}${when(step.error !== undefined, () => markup` <span class="alarm">${step.error ?? ''}</span>`)}`)}</td>
<td>${run.windowMs === undefined ? '–' : duration(run.windowMs)}</td><td>${count(inAll(run.secretsManagerCalls))}${
  when(others > 0, () => markup`<small>, ${plural(others, 'other')}</small>`)}</td><td>${count(run.signIns)}<small>, ${count(run.signInsRefused)} refused</small></td>
<td class="${run.succeeded ? 'good' : 'bad'}">${run.succeeded ? '✓ succeeded' : '✗ failed'}</td></tr>`;
}

function inAll(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((sum, each) => sum + each, 0);
}

function iamLists({ denied, unusedGrants, unknown }: IamReport): Markup {
  const list = (title: string, lines: readonly string[]): Markup =>
    markup`<h4>${title}</h4><ul class="plain mono">${lines.map(line => markup`<li>${line}</li>`)}</ul>`;
  return markup`<p>IAM: ${plural(denied.length, 'call')} denied, ${plural(unusedGrants.length, 'grant')} unused.</p>
${when(denied.length > 0, () => list('Denied', denied))}${when(unusedGrants.length > 0, () => list('Granted and not used', unusedGrants))}${
  when(unknown.length > 0, () => list('Not evaluated, so not allowed', unknown))}`;
}
