import type { Stage } from './attempt';
import { Decoy } from './decoy';
import { everyAttack } from './every-attack';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { CacheServiceName, LocalCaches } from '../../rehearsal/caches';
import type { RedisServer } from '../../rehearsal/redis';
import type { CacheUserRotationConfig } from '../../src/private/rotation-config';
import { cacheUser, SERVICES, useEndpoint } from '../lambda/services/elasticache/cache-rig';
import { authority, startRedis, stopServers } from '../rehearsal/redis/harness';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

jest.setTimeout(120_000);

const BAIT = 'bait';
const FIRST = 'the-first-password-0';

let server: RedisServer;
let caches: LocalCaches;
let decoy: Decoy;
let users = 0;
beforeAll(async () => {
  server = await startRedis();
  caches = new LocalCaches({ modifyingMs: 5 });
  useEndpoint((await caches.start()).endpoint);
  await server.command('ACL', 'SETUSER', BAIT, 'on', '>of-the-bait'); // may run nothing: whatever it would run is in ACL LOG
  decoy = await Decoy.start(authority.issue({ hosts: ['127.0.0.1', '127.0.0.2'] }), server.port);
});
afterAll(async () => {
  await decoy.stop();
  await caches.stop();
  await stopServers();
});

async function stage(service: CacheServiceName): Promise<Stage> {
  const username = `app-${++users}`;
  const user = { server, passwords: [FIRST], accessString: 'on ~* +@all' };
  const { arn } = service === 'elasticache' ? await caches.createElastiCacheUser({ userId: username, userName: username, ...user }) : await caches.createMemoryDbUser({ name: username, ...user });
  const called = caches.calls.length;
  await server.command('ACL', 'LOG', 'RESET');
  const rig = await RotationRig.start<Pick<CacheUserRotationConfig, 'service' | 'passwordPolicy'>>({
    config: { service, passwordPolicy: PASSWORD_POLICY },
    strategy: (config, invocation) => multiCredentialStrategy(
      () => cacheUser(service, { server, userArn: arn }, { invocation, config: { userId: username, username } }), config),
    secretString: JSON.stringify({ username, password: FIRST }),
    remainingMs: 2_400,
  });
  const { host, port } = server;
  return {
    rig,
    working: { username, password: FIRST },
    pending: { username, password: 'of-the-writer-0123456789' },
    facts: { host, port, user_arn: arn },
    usernames: [username],
    allowed: [username],
    signIns: async () => [...caches.calls.slice(called).map(({ userId = '' }) => userId), ...strangers(await server.command('ACL', 'LOG'))],
    bystanders: () => server.command('ACL', 'GETUSER', BAIT),
    stop: () => rig.stop(),
  };
}

/** Each sign-in that was refused, and each command that a user may not run. */
function strangers(log: unknown): readonly string[] {
  return (log as readonly (readonly unknown[])[]).map((entry) => String(entry[entry.indexOf('username') + 1]));
}

for (const service of SERVICES) {
  everyAttack(`a user of ${service}`, ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'], () => ({ decoy, bait: { username: BAIT }, start: () => stage(service) }));
}
