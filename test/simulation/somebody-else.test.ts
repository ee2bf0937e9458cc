import { inWorld } from './explorer';
import { Subject } from './promises';
import { CacheSubject } from './scenarios/caches';
import { CustomSubject } from './scenarios/custom';
import { PostgresSubject } from './scenarios/postgres';
import { RedisSubject } from './scenarios/redis';
import { World } from './world';

const SOMEBODY_ELSE = { username: 'canary', password: 'the-password-of-somebody-else' };

const SUBJECTS: readonly (readonly [name: string, start: (world: World) => Promise<Subject>])[] = [
  ['single user, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'single-user' })],
  ['single user, PostgreSQL, in AWS\'s own order of steps', (world) => PostgresSubject.start(world, { strategy: 'single-user', config: { cutover: 'STEPWISE' } })],
  ['superuser, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'superuser' })],
  ['alternating users, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'alternating-users' })],
  ['a user of Redis', (world) => RedisSubject.start(world, 'superuser')],
  ['a user of ElastiCache', (world) => CacheSubject.start(world, 'elasticache')],
  ['superuser, a service of one\'s own', (world) => CustomSubject.start(world, 'superuser')],
  ['alternating users, a service of one\'s own', (world) => CustomSubject.start(world, 'alternating-users')],
];

describe.each(SUBJECTS)('%s', (_, start) => {
  test('fails for AWSCURRENT of somebody else, and does nothing to anybody', () => inWorld({ start }, async (subject) => {
    const { secret } = subject;
    await secret.put(SOMEBODY_ELSE);
    const before = subject.state;
    const token = secret.begin();
    expect(await secret.attempts(token)).toBe(false);
    expect(secret.world.output).toContain('USERNAME_NOT_CONFIGURED');
    await secret.cancel();
    expect(subject.state).toBe(before);
  }));

  test('fails its check before a first rotation for AWSCURRENT of somebody else', () => inWorld({ start }, async ({ secret }) => {
    await secret.put(SOMEBODY_ELSE);
    await expect(secret.step('testSecret', secret.world.secretsManager.beginRotationTest(secret.arn, 'empty'))).rejects.toThrow('USERNAME_NOT_CONFIGURED');
  }));
});
