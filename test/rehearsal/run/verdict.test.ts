import { ClientReport, ClientSignIn, RotationRun } from '../../../rehearsal/report/model';
import { brokenPromises } from '../../../rehearsal/run/verdict';

const RUN: RotationRun = {
  number: 1,
  startedMs: 1_000,
  finishedMs: 2_000,
  succeeded: true,
  steps: [],
  secretsManagerCalls: {},
  signIns: 2,
  signInsRefused: 0,
};

function client(group: ClientReport['group'], signIn: Partial<ClientSignIn>, surfaced = 0): ClientReport {
  return { name: 'one', group, signIns: [{ atMs: 5_000, durationMs: 10, outcome: 'accepted', version: 'aaaaaaaa', ...signIn }], surfaced };
}

test('clients that are never refused break no promise', () => {
  expect(brokenPromises({ strategy: 'alternating-users', runs: [RUN], clients: [client('each-time', {}), client('time-to-live', {})] })).toEqual([]);
});

describe.each(['alternating-users', 'multi-credential'] as const)('%s', (strategy) => {
  test.each(['each-time', 'time-to-live'] as const)('may never refuse a client that re-reads (%s), not during a rotation either', (group) => {
    expect(brokenPromises({ strategy, runs: [RUN], clients: [client(group, { outcome: 'refused', atMs: 1_500 })] }))
      .toEqual(['1 sign-ins of clients that re-read the secret were refused']);
  });

  test('may refuse a client that refreshes only on failure, and hides it from its caller', () => {
    expect(brokenPromises({ strategy, runs: [RUN], clients: [client('on-failure', { outcome: 'refused', atMs: 1_500 })] })).toEqual([]);
  });
});

test('a single credential may refuse during a rotation', () => {
  expect(brokenPromises({ strategy: 'single-user', runs: [RUN], clients: [client('each-time', { outcome: 'refused', atMs: 1_500 })] })).toEqual([]);
});

test('a single credential may refuse a sign-in that began right before a rotation', () => {
  expect(brokenPromises({ strategy: 'superuser', runs: [RUN], clients: [client('each-time', { outcome: 'refused', atMs: 995, durationMs: 10 })] })).toEqual([]);
});

test('a single credential may not refuse at another time', () => {
  expect(brokenPromises({ strategy: 'single-user', runs: [RUN], clients: [client('each-time', { outcome: 'refused', atMs: 2_500 })] }))
    .toEqual(['1 sign-ins of clients that re-read the secret were refused outside of any rotation']);
});

test('a copy that a client kept too long breaks no promise of a single credential', () => {
  expect(brokenPromises({ strategy: 'single-user', runs: [RUN], clients: [client('time-to-live', { outcome: 'refused', atMs: 2_500 })] })).toEqual([]);
});

test('a refusal that reaches the caller of a client with backoff counts', () => {
  expect(brokenPromises({ strategy: 'single-user', runs: [RUN], clients: [client('on-failure', {}, 1)] })).toEqual(['1 refusals reached the callers of clients that retry with backoff']);
});

test('other errors count, by their code', () => {
  expect(brokenPromises({ strategy: 'single-user', runs: [RUN], clients: [client('each-time', { outcome: 'error', code: 'ECONNREFUSED' })] }))
    .toEqual(['1 sign-ins failed for another reason than the credential: ECONNREFUSED']);
});
