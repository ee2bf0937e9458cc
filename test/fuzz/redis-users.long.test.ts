import * as fc from 'fast-check';
import { passwordPolicy } from './policies';
import { unreasoned } from './reasoned';
import { runs } from './runs';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { RedisUser } from '../../lambda/services/redis/redis-user';
import type { RedisServer } from '../../rehearsal/redis';
import type { RedisRotationConfig } from '../../src/private/rotation-config';
import { bundleWithCa, startNode, stopAll, SUPERUSER } from '../lambda/services/redis/redis-rig';
import { trySignIn } from '../rehearsal/redis/harness';
import { PASSWORD_POLICY, RotationRig, StepFailed } from '../support/rotation-rig';

jest.setTimeout(120_000);

const RULES = '~app:* +@all -@dangerous';
const FIRST = 'the-first-password';

let node: RedisServer;
let bundle: string;
beforeAll(async () => {
  node = await startNode();
  bundle = bundleWithCa();
  await node.command('ACL', 'SETUSER', 'canary', 'on', '~canary:*', '+get', '>of-the-canary');
});
afterAll(stopAll);

describe('a user of Redis', () => {
  test('of any name is rotated, that one alone, or refused with a reason before anything changes', async () => {
    await fc.assert(fc.asyncProperty(username(), (name) => within({ username: name, aclRules: RULES }, FIRST, async (rig) => {
      const before = await others(name);
      const failure = await failureOf(rig);
      expect(await others(name)).toEqual(before);
      if (!isLegal(name)) return expect([reasonOf(failure), await exists(name)]).toEqual([undefined, false]);
      expect(failure).toBeUndefined();
      expect(await signsIn(rig)).toBe('accepted');
      expect(await node.command('ACL', 'LOAD')).toBe('OK'); // what was saved is what a restart would read
      expect(await signsIn(rig)).toBe('accepted');
      return expect(await others(name)).toEqual(before);
    })), runs(40));
  });

  // On the wire it would become another name, U+FFFD: another user's passwords would change.
  test('is refused before anything changes when its name is not valid Unicode', async () => {
    await within({ username: 'app\ud800', aclRules: RULES }, FIRST, async (rig) => {
      const before = await others('nobody');
      expect(reasonOf(await failureOf(rig))).toBeUndefined();
      expect(await others('nobody')).toEqual(before);
    });
  });

  test.each(['a superuser', 'the user itself'])('is rotated by %s from whatever password somebody set by hand', async (administrator) => {
    await fc.assert(fc.asyncProperty(password(), (byHand) => within({ username: 'app' }, byHand, async (rig) => {
      await node.command('ACL', 'SETUSER', 'app', 'reset', 'on', '~*', '+@all', `>${byHand}`);
      if (administrator === 'the user itself') rig.configure({ superuserSecretArn: undefined });
      const before = await others('app');
      await rig.rotate();
      expect(await signsIn(rig)).toBe('accepted');
      expect(await others('app')).toEqual(before);
    })), runs(30));
  });

  test('signs in with a password of any policy', async () => {
    await fc.assert(fc.asyncProperty(passwordPolicy(), (policy) => within({ username: 'any-policy', aclRules: RULES, passwordPolicy: policy }, FIRST, async (rig) => {
      await rig.rotate();
      expect(await signsIn(rig)).toBe('accepted');
    })), runs(20));
  });
});

/** Starts a rotation of a user, whom it makes if there is none. */
async function within(config: Partial<RedisRotationConfig>, first: string, work: (rig: RotationRig) => Promise<unknown>): Promise<void> {
  const { host, port } = node;
  const rig = await RotationRig.start<RedisRotationConfig>({
    config: { service: 'redis', passwordPolicy: PASSWORD_POLICY, username: '', nodes: [{ host, port }], customCertificateAuthority: true, ...config },
    strategy: (read, invocation) => multiCredentialStrategy(
      ({ superuser }) => new RedisUser(read, invocation, read.superuserSecretArn === undefined ? undefined : superuser, bundle), read),
    secretString: JSON.stringify({ username: config.username, password: first }),
    remainingMs: 4_000,
  });
  try {
    rig.configure({ superuserSecretArn: rig.secretsManager.createSecret({ name: 'superuser', secretString: JSON.stringify(SUPERUSER) }).arn });
    await work(rig);
  } finally {
    await rig.stop();
    await node.command('ACL', 'DELUSER', config.username ?? '');
  }
}

async function failureOf(rig: RotationRig): Promise<unknown> {
  return rig.rotate().then(() => undefined, (error: unknown) => error);
}

function reasonOf(failure: unknown): string | undefined {
  return failure instanceof StepFailed ? unreasoned(failure.cause) : `no step failed: ${String(failure)}`;
}

function signsIn(rig: RotationRig): Promise<string> {
  return trySignIn(node, rig.labelled('AWSCURRENT') as { readonly username: string; readonly password: string });
}

async function exists(name: string): Promise<boolean> {
  return (await node.command('ACL', 'USERS') as readonly string[]).includes(name);
}

/** Everybody but one, with their rules and hashes. */
async function others(name: string): Promise<readonly string[]> {
  const users = await node.command('ACL', 'LIST') as readonly string[];
  return users.filter((line) => !line.startsWith(`user ${name} `)).sort();
}

/** "Usernames can't contain spaces or null characters": the answer of ACL SETUSER. */
function isLegal(name: string): boolean {
  return !/[ \t\n\v\f\r\0]/.test(name);
}

function username(): fc.Arbitrary<string> {
  const special = fc.constantFrom(
    'on', 'nopass', '>x', '#x', '+@all', '~*', '(', 'app"', '\'', '\\', '\\n', '%', '*', '$1', '\r\nACL', 'app\r\nFLUSHALL', 'a b', ' ', '\t', '\0',
    'app\0x', '\x01', '\u00a0', '🐘', 'é', 'e\u0301', '__proto__', 'constructor',
    'user', 'DEFAULT', 'Canary', 'canary\u200b', '-1', '7', 'x'.repeat(5_000), '{}', '$10', '*3', '\x7f', '\ufeff',
  );
  return fc.oneof({ weight: 2, arbitrary: special }, { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) }).filter((name) => !['default', 'canary', SUPERUSER.username, 'app'].includes(name));
}

function password(): fc.Arbitrary<string> {
  const special = fc.constantFrom('\'', '"', '\\', ' ', ' app', 'app ', '\r\n', 'app\r\nFLUSHALL', '\0', `#${'0'.repeat(64)}`, '0'.repeat(64), '>', 'nopass', 'x'.repeat(1_000), 'é', 'パスワード', '🐘', '$7', '*1\r\n');
  return fc.oneof(special, fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }));
}
