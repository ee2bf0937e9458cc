import { setTimeout as sleep } from 'node:timers/promises';
import { ClientsRig, Window } from './clients-rig';
import { distribution } from './distribution';
import { SteadySignIn } from './steady-client';
import { MAJORS, TestPostgres } from '../support/postgres';

const ALTERNATING_ROTATIONS = 100;
const ALTERNATING_CLIENTS = 50;
const SINGLE_ROTATIONS = 40;
const SINGLE_CLIENTS = 12;

/** `Date.now()` cuts off what is less. */
const CLOCK_STEP_MS = 1;

const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, {});
let rig: ClientsRig;
beforeAll(() => postgres.start(), 300_000);
afterEach(() => rig.stop());
afterAll(() => postgres.stop());

describe('clients that sign in all the while', () => {
  test(`are never refused in ${ALTERNATING_ROTATIONS} rotations of alternating users, whose interval is longer than any copy of the secret lives`, async () => {
    rig = await ClientsRig.start('alternating-users', postgres);
    await rig.rotate();
    rig.startClients(ALTERNATING_CLIENTS, { timeToLiveMs: () => between(50, 250), pauseMs: () => between(20, 120), retries: 0 });
    for (let number = 0; number < ALTERNATING_ROTATIONS; number++) {
      await rig.everyCopyRenewed();
      await rig.rotate();
    }
    const { signIns } = await rig.stopClients();
    const counted = `${signIns.length} sign-ins of ${ALTERNATING_CLIENTS} clients in ${ALTERNATING_ROTATIONS} rotations`;
    process.stderr.write(`alternating users: ${counted}, ${notAccepted(signIns).length} not accepted\n`);
    expect(signIns.length).toBeGreaterThanOrEqual(ALTERNATING_CLIENTS * ALTERNATING_ROTATIONS);
    expect(notAccepted(signIns)).toEqual([]);
  }, 900_000);

  test(`are refused in ${SINGLE_ROTATIONS} rotations of a single user in the windows alone, and accepted once they have read the secret again`, async () => {
    rig = await ClientsRig.start('single-user', postgres);
    await rig.rotate();
    rig.startClients(SINGLE_CLIENTS, { timeToLiveMs: () => 0, pauseMs: () => between(0, 30), retries: 10 });
    for (let number = 0; number < SINGLE_ROTATIONS; number++) {
      await sleep(between(50, 250));
      await rig.rotate();
    }
    const { signIns, surfaced } = await rig.stopClients();
    const refused = notAccepted(signIns);
    process.stderr.write(report(rig.windows, signIns, refused));
    expect(rig.windows).toHaveLength(1 + SINGLE_ROTATIONS);
    expect(refused.filter(signIn => !rig.windows.some(window => overlaps(signIn, window)))).toEqual([]);
    expect(surfaced).toBe(0);
  }, 900_000);
});

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}

function notAccepted(signIns: readonly SteadySignIn[]): SteadySignIn[] {
  return signIns.filter(({ outcome }) => outcome !== 'accepted');
}

/** From the reading of the secret on: a copy that was read before the change is refused after it. */
function overlaps({ readAtMs, endedAtMs }: SteadySignIn, { startedAtMs, milliseconds }: Window): boolean {
  return readAtMs <= startedAtMs + milliseconds + CLOCK_STEP_MS && endedAtMs >= startedAtMs - CLOCK_STEP_MS;
}

function report(windows: readonly Window[], signIns: readonly SteadySignIn[], refused: readonly SteadySignIn[]): string {
  const seen = windows.flatMap(window => {
    const inWindow = refused.filter(signIn => overlaps(signIn, window));
    const [first, last] = [Math.min(...inWindow.map(({ startedAtMs }) => startedAtMs)), Math.max(...inWindow.map(({ endedAtMs }) => endedAtMs))];
    return inWindow.length === 0 ? [] : [last - first];
  });
  return `single user: ${signIns.length} sign-ins of ${SINGLE_CLIENTS} clients in ${SINGLE_ROTATIONS} rotations, ${refused.length} refused\n`
    + `  windows as the function measured them: ${distribution(windows.map(({ milliseconds }) => milliseconds))}\n`
    + `  windows as clients saw them, from the first refused sign-in to the last: ${distribution(seen)}\n`;
}
