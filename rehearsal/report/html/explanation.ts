import { promisesNoRefusal } from '../format';
import { markup, type Markup } from '../markup';
import type { RehearsalReport, StrategyName } from '../model';
import { livesOfCredentials } from '../picture/lives-of-credentials';

/** Why clients that refresh only on failure are refused at all, and why nobody need notice. */
export function explanation({ rotations }: RehearsalReport): Markup {
  const flipping = [...new Set(rotations.map(rotation => rotation.strategy))].filter(promisesNoRefusal);
  return markup`<section aria-labelledby="on-failure"><h2 id="on-failure">Clients that refresh only on failure</h2>
<div class="prose">${flipping.length > 0 ? everySecondFlip(flipping) : everyRotation()}
<p>Backoff hides it. A refused client waits a random time of at most 50 ms, reads the secret anew and signs in again; if it is
refused once more it waits at most 100 ms, then 200 ms, up to 2 s. The doubling gives a rotation in progress the time to
finish; the randomness (“full jitter”) keeps clients that were refused together from returning together. The refusal stays
inside the client: its caller sees one sign-in that took a little longer.</p>
<p>They are counted apart, because the promise is made to clients whose copy is younger than the time between two rotations.</p></div></section>`;
}

function everySecondFlip(strategies: readonly StrategyName[]): Markup {
  return markup`<p>${strategies.map(flip)}The credential in use keeps working until the rotation after the next,
which puts another in its place. A client that never reads the secret until it is refused holds on to its first
copy for just that long: it is refused at every second flip, once, however the rotation is done. (One that is refused in
the moment before AWSCURRENT moves gets the other credential, and meets its next refusal a flip sooner.)</p>
<div class="scroll">${livesOfCredentials()}</div>
<p>With a single credential there is no second one to hold on to, so the same client is refused at every rotation.</p>`;
}

/** What a rotation does to the credential that is not current. */
function flip(strategy: StrategyName): Markup {
  return strategy === 'multi-credential'
    ? markup`With multiple credentials a rotation retires the credential that is <em>not</em> current, and puts a new one in its place. `
    : markup`With alternating users a rotation sets the password of the user that is <em>not</em> current. `;
}

function everyRotation(): Markup {
  return markup`<p>With a single credential a rotation ends the credential in use. A client that never reads the secret until it is refused holds on
to its copy until then: it is refused at every rotation, once.</p>`;
}
