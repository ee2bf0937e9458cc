import type { Stage } from './attempt';
import { Decoy } from './decoy';
import { everyAttack } from './every-attack';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { RedisUser } from '../../lambda/services/redis/redis-user';
import type { RedisServer } from '../../rehearsal/redis';
import type { RedisRotationConfig } from '../../src/private/rotation-config';
import { bundleWithCa, CURRENT, fieldsOf, startNode, stopAll, SUPERUSER } from '../lambda/services/redis/redis-rig';
import { authority } from '../rehearsal/redis/harness';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

jest.setTimeout(120_000);

const BAIT = 'bait';
const REMAINING_MS = 2_400;

let node: RedisServer;
let decoy: Decoy;
let bundle: string;
beforeAll(async () => {
  node = await startNode();
  await node.command('ACL', 'SETUSER', BAIT, 'on', '>of-the-bait'); // may run nothing: whatever it would run is in ACL LOG
  decoy = await Decoy.start(authority.issue({ hosts: ['127.0.0.1', '127.0.0.2'] }), node.port);
  bundle = bundleWithCa();
});
afterAll(async () => {
  await decoy.stop();
  await stopAll();
});

async function stage(): Promise<Stage> {
  const { host, port } = node;
  await node.command('ACL', 'SETUSER', 'app', 'resetpass', `>${CURRENT}`);
  const signIns = await countStrangers();
  const rig = await RotationRig.start<RedisRotationConfig>({
    config: { service: 'redis', passwordPolicy: PASSWORD_POLICY, username: 'app', nodes: [{ host, port }], customCertificateAuthority: true },
    strategy: (config, invocation) => multiCredentialStrategy(({ superuser }) => new RedisUser(config, invocation, superuser, bundle), config),
    secretString: JSON.stringify(fieldsOf(CURRENT)),
    remainingMs: REMAINING_MS,
  });
  const { arn } = rig.secretsManager.createSecret({ name: 'superuser', secretString: JSON.stringify(SUPERUSER) });
  rig.configure({ superuserSecretArn: arn });
  return {
    rig,
    working: fieldsOf(CURRENT),
    pending: fieldsOf('of-the-writer-0123456789'),
    superuser: { arn, value: SUPERUSER },
    facts: { host, port },
    usernames: ['app'],
    allowed: ['app', SUPERUSER.username],
    signIns,
    tellsAll: false,
    bystanders: () => Promise.all([BAIT, SUPERUSER.username].map((name) => node.command('ACL', 'GETUSER', name))),
    stop: () => rig.stop(),
  };
}

/** `ACL LOG` has each sign-in that was refused, and each command that a user may not run. */
async function countStrangers(): Promise<Stage['signIns']> {
  await node.command('ACL', 'LOG', 'RESET');
  return async () => namesIn(await node.command('ACL', 'LOG'));
}

function namesIn(log: unknown): readonly string[] {
  return (log as readonly (readonly unknown[])[]).map((entry) => String(entry[entry.indexOf('username') + 1]));
}

everyAttack('a user of Redis', ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'the superuser\'s secret'], () => ({ decoy, bait: { username: BAIT }, start: stage }));
