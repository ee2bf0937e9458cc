import type { ClientGroup, ClientReport, ClientSignIn, RotationRun } from '../../../rehearsal/report/model';
import { countRefusals, countsAsRefused } from '../../../rehearsal/report/refusals';

/** Promoted half-way. */
const run = (number: number, startedMs: number, promotedVersion: string | undefined): RotationRun => ({
  number,
  startedMs,
  finishedMs: startedMs + 100,
  succeeded: promotedVersion !== undefined,
  steps: [],
  secretsManagerCalls: {},
  signIns: 2,
  signInsRefused: 0,
  ...(promotedVersion !== undefined && { promotedVersion, promotedMs: startedMs + 50 }),
});

const RUNS = [run(1, 1_000, 'v1'), run(2, 2_000, 'v2'), run(3, 3_000, 'v3'), run(4, 4_000, 'v4')];

const signIn = (atMs: number, version: string, outcome: ClientSignIn['outcome'] = 'refused'): ClientSignIn => ({ atMs, durationMs: 5, outcome, version });

const client = (group: ClientGroup, signIns: readonly ClientSignIn[], surfaced = 0): ClientReport => ({ name: group, group, signIns, surfaced });

describe('a refused sign-in counts', () => {
  test('while its version is AWSCURRENT', () => {
    expect(countsAsRefused(signIn(2_500, 'v2'), RUNS)).toBe(true);
  });

  test('until the next rotation begins after another version took its place', () => {
    expect(countsAsRefused(signIn(2_051, 'v1'), RUNS)).toBe(true);
    expect(countsAsRefused(signIn(2_999, 'v1'), RUNS)).toBe(true);
  });

  test('not from the moment that a further rotation begins: the copy is older than the time between two', () => {
    expect(countsAsRefused(signIn(3_000, 'v1'), RUNS)).toBe(false);
    expect(countsAsRefused(signIn(9_000, 'v1'), RUNS)).toBe(false);
  });

  test('while the rotation that replaces it is not done', () => {
    expect(countsAsRefused(signIn(2_020, 'v1'), RUNS)).toBe(true);
  });

  test('when its version was never seen to be promoted', () => {
    expect(countsAsRefused(signIn(3_500, 'who-knows'), RUNS)).toBe(true);
  });

  test('also after a rotation that failed and promoted nothing', () => {
    const runs = [run(1, 1_000, 'v1'), run(2, 2_000, undefined), run(3, 3_000, undefined)];
    expect(countsAsRefused(signIn(3_500, 'v1'), runs)).toBe(true);
  });

  test('never when it was accepted, or failed for another reason', () => {
    expect(countsAsRefused(signIn(2_500, 'v2', 'accepted'), RUNS)).toBe(false);
    expect(countsAsRefused(signIn(2_500, 'v2', 'error'), RUNS)).toBe(false);
  });
});

describe('refusals', () => {
  const clients = [
    client('each-time', [signIn(2_020, 'v1'), signIn(2_100, 'v2', 'accepted')], 1),
    client('time-to-live', [signIn(2_060, 'v1'), signIn(3_500, 'v1'), signIn(3_600, 'v3', 'error')], 2),
    client('on-failure', [signIn(3_040, 'v1'), signIn(3_090, 'v3', 'accepted')]),
  ];

  test('are counted by group', () => {
    expect(countRefusals({ clients, runs: RUNS }).byGroup).toEqual({
      'each-time': { clients: 1, signIns: 2, refused: 1, counted: 1, outdated: 0, errors: 0, surfaced: 1 },
      'time-to-live': { clients: 1, signIns: 3, refused: 2, counted: 1, outdated: 1, errors: 1, surfaced: 2 },
      'on-failure': { clients: 1, signIns: 2, refused: 1, counted: 0, outdated: 0, errors: 0, surfaced: 0 },
    });
  });

  test('are counted of the clients that re-read without those that refresh on failure', () => {
    expect(countRefusals({ clients, runs: RUNS }).reReading)
      .toEqual({ clients: 2, signIns: 5, refused: 3, counted: 2, outdated: 1, errors: 1, surfaced: 3 });
  });

  test('are none without clients', () => {
    expect(countRefusals({ clients: [], runs: RUNS }).reReading).toMatchObject({ clients: 0, signIns: 0, refused: 0, counted: 0 });
  });
});
