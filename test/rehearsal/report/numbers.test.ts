import { sampleReport } from './sample-report';
import type { RotationReport } from '../../../rehearsal/report/model';
import { median, numbersOf } from '../../../rehearsal/report/numbers';

const [singleUser, , alternating, multiCredential] = sampleReport().rotations as [RotationReport, RotationReport, RotationReport, RotationReport];

describe('the numbers of a rotation', () => {
  test('leave out the preflight, which rotates nothing', () => {
    const preflights = singleUser.runs.slice(0, 1).map(run => ({ ...run, number: 0, secretsManagerCalls: { DescribeSecret: 50 }, signIns: 9 }));
    expect(numbersOf({ ...singleUser, runs: [...preflights, ...singleUser.runs] })).toEqual(numbersOf(singleUser));
  });

  test('average calls over the rotations, those that only one made too', () => {
    const [first, ...others] = singleUser.runs;
    const runs = first ? [{ ...first, secretsManagerCalls: { ...first.secretsManagerCalls, ListSecretVersionIds: 3 } }, ...others] : [];
    const { calls, callsPerRotation } = numbersOf({ ...singleUser, runs });
    expect(calls).toContainEqual({ name: 'ListSecretVersionIds', perRotation: 0.5 });
    expect(callsPerRotation).toBe(8.5);
  });

  test('average calls of other services alike, and have none where the function called none', () => {
    const { serviceCalls, serviceCallsPerRotation, callsPerRotation } = numbersOf(multiCredential);
    expect(serviceCalls).toContainEqual({ name: 'IAM DeleteAccessKey', perRotation: 5 / 6 });
    expect(serviceCalls).toContainEqual({ name: 'STS GetCallerIdentity', perRotation: 3 });
    expect(serviceCallsPerRotation).toBeCloseTo(6 + 5 / 6);
    expect(callsPerRotation).toBe(9);
    expect(numbersOf(singleUser)).toMatchObject({ serviceCalls: [], serviceCallsPerRotation: 0 });
  });

  test('have a window where the function measured one, and none elsewhere', () => {
    const windows = singleUser.runs.map(run => run.windowMs ?? 0);
    expect(numbersOf(singleUser).window).toEqual({ medianMs: median(windows), maxMs: Math.max(...windows) });
    expect(numbersOf(alternating).window).toBeUndefined();
    expect(numbersOf(multiCredential).window).toBeUndefined();
  });

  test('tell fresh processes from warm ones', () => {
    const { coldMs, warmMs } = numbersOf(singleUser);
    expect(coldMs).toBe(singleUser.runs[0]?.steps[0]?.durationMs);
    expect(warmMs).toBe(median(singleUser.runs.flatMap(run => run.steps).filter(step => !step.cold).map(step => step.durationMs)));
  });

  test('measure the recovery of an on-failure client from the first refusal to the next accepted sign-in', () => {
    const signIns = [
      { atMs: 100, durationMs: 10, outcome: 'refused', version: 'v1' },
      { atMs: 150, durationMs: 10, outcome: 'refused', version: 'v1' },
      { atMs: 200, durationMs: 10, outcome: 'accepted', version: 'v2' },
      { atMs: 500, durationMs: 10, outcome: 'accepted', version: 'v2' },
    ] as const;
    const clients = [
      { name: 'on-failure-01', group: 'on-failure', signIns, surfaced: 0 },
      { name: 'each-time-01', group: 'each-time', signIns: signIns.slice(0, 1), surfaced: 1 },
    ] as const;
    expect(numbersOf({ ...alternating, clients }).recoveryMs).toBe(110);
  });

  test('are zero for a rotation that never ran', () => {
    expect(numbersOf({ ...singleUser, runs: [], clients: [] }))
      .toMatchObject({ rotations: 0, succeeded: 0, calls: [], callsPerRotation: 0, signIns: 0 });
  });
});

describe('a median', () => {
  test('is the middle one, or between the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeUndefined();
  });
});
