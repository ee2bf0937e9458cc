import { inWorld } from './explorer';
import { PostgresStrategy, PostgresSubject } from './scenarios/postgres';

const STRATEGIES: readonly PostgresStrategy[] = ['single-user', 'superuser', 'alternating-users'];
const HOUR_MS = 3_600_000;

function within(strategy: PostgresStrategy, work: (subject: PostgresSubject) => Promise<void>): Promise<void> {
  const started: { subject?: PostgresSubject } = {};
  const start = async (...[world]: Parameters<typeof PostgresSubject.start>): Promise<PostgresSubject> =>
    (started.subject = await PostgresSubject.start(world, { strategy }));
  return inWorld({ start: (world) => start(world, { strategy }) }, async () => {
    if (started.subject !== undefined) await work(started.subject);
  });
}

describe.each(STRATEGIES)('%s: the check before a first rotation', (strategy) => {
  test('fails for a user that may not sign in, names the way out, and changes nothing', () => within(strategy, async (subject) => {
    const { secret, server } = subject;
    const username = String(secret.value(secret.labels.AWSCURRENT)?.username);
    server.createRole({ ...server.role(username), name: username, canLogin: false });
    const before = subject.state;
    const token = secret.world.secretsManager.beginRotationTest(secret.arn, 'empty');
    await expect(secret.step('testSecret', token)).rejects.toThrow(/PREFLIGHT_FAILED[^]*LOGIN/);
    secret.world.secretsManager.endRotationTest(secret.arn);
    expect(subject.state).toBe(before);
  }));
});

describe.each(STRATEGIES)('%s: a password that the policy of the server refuses', (strategy) => {
  test('is given up with both labels; the next token draws another', () => within(strategy, async ({ secret, server }) => {
    server.passwordsToRefuse = 1;
    const token = secret.begin();
    await expect(secret.steps(token)).rejects.toThrow('PASSWORD_REJECTED');
    expect(Object.values(secret.labels)).not.toContain(token);
    await secret.steps(secret.begin());
  }));
});

describe('alternating users', () => {
  test.each([[HOUR_MS / 2, true], [2 * HOUR_MS, false]])('warn %i ms after the last flip: %s', (pauseMs, warns) => within('alternating-users', async ({ secret }) => {
    await secret.steps(secret.begin());
    secret.world.output = '';
    await secret.world.time.sleep(pauseMs);
    await secret.steps(secret.begin());
    expect(/less than an hour ago[^\n]*"milliseconds":1800000/.test(secret.world.output)).toBe(warns);
  }));

  test('do not warn of a flip in their first rotation', () => inWorld({ start: (world) => PostgresSubject.start(world, { strategy: 'alternating-users', before: 0 }) }, async ({ secret }) => {
    await secret.steps(secret.begin());
    expect(secret.world.output).not.toContain('less than an hour ago');
  }));
});
