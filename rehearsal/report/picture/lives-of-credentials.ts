import { markup, type Markup } from '../markup';
import { LEFT, WIDTH } from './frame';
import type { Level } from './versions';

const FLIPS = 5;
const STEP = 178;
const LANE = 26;
const LANES = { odd: 34, even: 70, client: 118 } as const;
const HEIGHT = 152;

/** A drawing of five flips: how long each credential works, and how long a client holds on to it. */
export function livesOfCredentials(): Markup {
  return markup`<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${ALTERNATIVE}">
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
${lane('odd flips', LANES.odd)}${lane('even flips', LANES.even)}${lane('the client’s copy', LANES.client)}
${[1, 2, 3, 4, 5].map(flip => markup`<text class="number" x="${at(flip)}" y="14" text-anchor="middle">${flip}</text><path class="hair" d="M${at(flip)} 20V${HEIGHT - 4}"/>`)}
${[1, 3, 5].map(flip => life(flip, LANES.odd, 'a'))}${[2, 4].map(flip => life(flip, LANES.even, 'b'))}
${[1, 3, 5].map(flip => held(flip))}
${[3, 5].map(flip => markup`<path class="halo" d="M${at(flip)} ${LANES.client + LANE / 2}h0"/><path class="refused" d="M${at(flip)} ${LANES.client + LANE / 2}h0"><title>refused, then refreshed</title></path>`)}
</svg>`;
}

const ALTERNATIVE = 'Five flips. One place for a credential is filled anew at flips 1, 3 and 5, the other at 2 and 4; each credential is current until the next flip '
  + 'and works until the one after it. A client that refreshes only on failure keeps the credential of flip 1 until flip 3 and that of flip 3 until flip 5, and is refused at both.';

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
<text class="on-life" x="${from + 8}" y="${top + 17}">credential ${flip}, current</text>${last - next > 80 ? markup`<text x="${next + 8}" y="${top + 17}">still works</text>` : ''}`;
}

function held(flip: number): Markup {
  return markup`<rect class="reign a" x="${at(flip)}" y="${LANES.client}" width="${end(flip + 2) - at(flip)}" height="${LANE}"/>
<text x="${at(flip) + 14}" y="${LANES.client + 17}">${flip === 1 ? '' : 'refused once, reads '}credential ${flip}</text>`;
}

function lane(label: string, top: number): Markup {
  return markup`<text class="label" x="${LEFT - 12}" y="${top + 17}" text-anchor="end">${label}</text>`;
}
