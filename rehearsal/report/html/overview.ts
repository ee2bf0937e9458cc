import { count, duration, STRATEGY_NAMES } from '../format';
import { markup, type Markup } from '../markup';
import type { RehearsalReport, RotationReport } from '../model';
import { numbersOf } from '../numbers';

/** All rotations side by side. */
export function overview({ rotations }: RehearsalReport): Markup {
  return markup`<div class="scroll"><table class="overview">
<caption>All rotations</caption>
<thead><tr><th scope="col">Rotation</th><th scope="col">Strategy</th><th scope="col">Rotated</th><th scope="col">Refused sign-ins<small>of clients that read again</small></th><th scope="col">Refused<small>of refresh on failure</small></th><th scope="col">Surfaced<small>of these</small></th><th scope="col">Window<small>median, longest</small></th><th scope="col">Secrets Manager calls<small>per rotation</small></th><th scope="col">Held</th></tr></thead>
<tbody>${rotations.map((rotation, index) => row(rotation, `rotation-${index + 1}`))}</tbody>
</table></div>`;
}

function row(rotation: RotationReport, id: string): Markup {
  const { refusals: { reReading, byGroup }, window, succeeded, rotations, callsPerRotation, held } = numbersOf(rotation);
  const onFailure = byGroup['on-failure'];
  return markup`<tr><th scope="row"><a href="#${id}">${rotation.constructPath}</a></th><td class="text">${STRATEGY_NAMES[rotation.strategy]}</td>
<td>${succeeded}<small> of ${rotations}</small></td>
<td class="${alarm(reReading.counted)}">${count(reReading.counted)}<small> of ${count(reReading.signIns)}</small></td>
<td class="${alarm(onFailure.refused)}">${count(onFailure.refused)}<small> of ${count(onFailure.signIns)}</small></td>
<td class="${alarm(onFailure.surfaced)}">${count(onFailure.surfaced)}</td>
<td>${window ? markup`${duration(window.medianMs)}<small>, ${duration(window.maxMs)}</small>` : 'none'}</td>
<td>${count(callsPerRotation)}</td>
<td class="${held ? 'good' : 'bad'}">${held ? '✓ held' : '✗ no'}</td></tr>`;
}

function alarm(refused: number): string {
  return refused > 0 ? 'alarm' : '';
}
