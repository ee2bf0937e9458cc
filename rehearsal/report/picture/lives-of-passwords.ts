import { markup, type Markup } from '../markup';
import { LEFT, WIDTH } from './frame';
import type { Level } from './versions';

const FLIPS = 5;
const STEP = 178;
const LANE = 26;
const LANES = { first: 34, second: 70, client: 118 } as const;
const HEIGHT = 152;

/** A drawing of five flips: how long each password works, and how long a client holds on to it. */
export function livesOfPasswords(): Markup {
  return markup`<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${ALTERNATIVE}">
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
${lane('first user', LANES.first)}${lane('second user', LANES.second)}${lane('the client’s copy', LANES.client)}
${[1, 2, 3, 4, 5].map(flip => markup`<text class="number" x="${at(flip)}" y="14" text-anchor="middle">${flip}</text><path class="hair" d="M${at(flip)} 20V${HEIGHT - 4}"/>`)}
${[1, 3, 5].map(flip => life(flip, LANES.first, 'a'))}${[2, 4].map(flip => life(flip, LANES.second, 'b'))}
${[1, 3, 5].map(flip => held(flip))}
${[3, 5].map(flip => markup`<path class="halo" d="M${at(flip)} ${LANES.client + LANE / 2}h0"/><path class="refused" d="M${at(flip)} ${LANES.client + LANE / 2}h0"><title>refused, then refreshed</title></path>`)}
</svg>`;
}

const ALTERNATIVE = 'Five flips. The first user’s password is set at flips 1, 3 and 5, the second user’s at 2 and 4; each is current until the next flip '
  + 'and works until the one after it. A client that refreshes only on failure keeps the password of flip 1 until flip 3 and that of flip 3 until flip 5, and is refused at both.';

function at(flip: number): number {
  return LEFT + 40 + (flip - 1) * STEP;
}

function end(flip: number): number {
  return at(Math.min(flip, FLIPS + 1));
}

/** Strong while it is AWSCURRENT, pale while it merely still works. */
function life(flip: number, top: number, level: Level): Markup {
  const [from, next, last] = [at(flip), end(flip + 1), end(flip + 2)];
  return markup`<rect class="life ${level}" x="${from}" y="${top}" width="${next - from}" height="${LANE}"/>
<rect class="reign ${level}" x="${next}" y="${top}" width="${Math.max(0, last - next)}" height="${LANE}"/>
<text class="on-life" x="${from + 8}" y="${top + 17}">password ${flip}, current</text>${last - next > 80 ? markup`<text x="${next + 8}" y="${top + 17}">still works</text>` : ''}`;
}

function held(flip: number): Markup {
  return markup`<rect class="reign a" x="${at(flip)}" y="${LANES.client}" width="${end(flip + 2) - at(flip)}" height="${LANE}"/>
<text x="${at(flip) + 14}" y="${LANES.client + 17}">${flip === 1 ? '' : 'refused once, reads '}password ${flip}</text>`;
}

function lane(label: string, top: number): Markup {
  return markup`<text class="label" x="${LEFT - 12}" y="${top + 17}" text-anchor="end">${label}</text>`;
}
