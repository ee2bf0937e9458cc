import { markup, type Markup, trusted, when } from '../markup';
import type { RotationReport } from '../model';

/** How to read the picture. */
export function legend({ runs, clients }: RotationReport): Markup {
  const errors = clients.some(client => client.signIns.some(signIn => signIn.outcome === 'error'));
  return markup`<ul class="legend">
<li>${sample('<path class="a" d="M4 2v6M9 2v6M14 2v6"/><path class="b" d="M21 10v6M26 10v6M31 10v6"/>')} accepted sign-ins, high and low by turns with each version</li>
<li>${sample('<path class="refused" d="M18 9h0"/>')} refused sign-in</li>
${when(errors, () => markup`<li>${sample('<path class="error" d="M14 5l8 8m0-8l-8 8"/>')} failed for another reason</li>`)}
<li>${sample('<rect class="band" x="4" width="28" height="18"/><rect class="step" x="4" width="9" height="18"/><rect class="step next" x="18" width="6" height="18"/>')} a rotation and its steps</li>
${when(runs.some(run => run.windowMs !== undefined), () => markup`<li>${sample('<rect class="window" x="15" width="6" height="18"/>')} its window</li>`)}
</ul>`;
}

function sample(shapes: string): Markup {
  return markup`<svg class="picture sample" viewBox="0 0 36 18" width="36" height="18" aria-hidden="true">${trusted(shapes)}</svg>`;
}
