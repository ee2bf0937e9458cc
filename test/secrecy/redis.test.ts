import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'iovalkey';
import { Evidence, reportExtent } from './evidence';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { RedisUser } from '../../lambda/services/redis/redis-user';
import type { RedisServer } from '../../rehearsal/redis';
import { Fault } from '../../rehearsal/secrets-manager';
import { RedisRotationConfig } from '../../src/private/rotation-config';
import { bundleWithCa, CURRENT, fieldsOf, startNode, stopAll, SUPERUSER } from '../lambda/services/redis/redis-rig';
import { authority } from '../rehearsal/redis/harness';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

const WATCHER = { username: 'watcher', password: 'watchers-password' };
const searched: Evidence[] = [];
afterAll(() => reportExtent('Redis', searched));
afterEach(stopAll);

/** A rotation of a user of a real server that writes down all that it can, and all that is said about it. */
class WatchedRotation {
  static async start(): Promise<WatchedRotation> {
    const node = await startNode([CURRENT]);
    const evidence = new Evidence();
    const monitored = await watch(node);
    evidence.listen();
    const bundle = bundleWithCa();
    const rig = await RotationRig.start<RedisRotationConfig>({
      config: { service: 'redis', passwordPolicy: PASSWORD_POLICY, username: 'app', nodes: [{ host: node.host, port: node.port }], customCertificateAuthority: true },
      strategy: (config, invocation) => evidence.watching(
        multiCredentialStrategy((context) => new RedisUser(config, invocation, () => context.superuser(), bundle), config),
      ),
      secretString: JSON.stringify(fieldsOf(CURRENT)),
      remainingMs: 2_000,
    });
    const { arn } = rig.secretsManager.createSecret({ name: 'superuser', secretString: JSON.stringify(SUPERUSER) });
    rig.configure({ superuserSecretArn: arn });
    return new WatchedRotation(node, rig, arn, evidence, monitored, node.log().length);
  }

  private ended = false;

  private constructor(
    readonly node: RedisServer, readonly rig: RotationRig, readonly superuserArn: string, readonly evidence: Evidence,
    private readonly monitored: Monitored, private readonly loggedBefore: number,
  ) {}

  attempt(token: string = this.rig.begin()): Promise<boolean> {
    return this.evidence.attempt(() => this.rig.steps(token));
  }

  /** Once. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.rig.stop();
    this.evidence.stop();
    this.evidence.addRig(this.rig, ['password'], [this.rig.secretArn, this.superuserArn]);
    this.evidence.addServer('MONITOR', (await this.monitored.end()).join('\n'));
    for (const command of [['SLOWLOG', 'GET', '-1'], ['ACL', 'LOG']] as const) this.evidence.addServer(command[0], JSON.stringify(await this.node.command(...command)));
    this.evidence.addServer('the server\'s log', this.node.log().slice(this.loggedBefore));
  }
}

interface Monitored {
  readonly end: () => Promise<readonly string[]>;
}

/** MONITOR's lines, and a slow log to which each command is slow. */
async function watch(node: RedisServer): Promise<Monitored> {
  await node.command('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '10000', 'acllog-max-len', '1000', 'loglevel', 'debug');
  await node.command('ACL', 'SETUSER', WATCHER.username, 'on', `>${WATCHER.password}`, '+@all');
  const watcher = new Redis({ host: node.host, port: node.port, ...WATCHER, tls: { ca: authority.certificate } });
  const monitor = await watcher.monitor();
  const lines: string[] = [];
  monitor.on('monitor', (...line: unknown[]) => { lines.push(JSON.stringify(line)); });
  return {
    end: async () => {
      await watcher.ping('the end');
      while (!lines.some((line) => line.includes('the end'))) await sleep(5);
      monitor.disconnect();
      watcher.disconnect();
      return lines;
    },
  };
}

interface Scenario {
  readonly name: string;
  readonly tells: RegExp;
  readonly run: (rotation: WatchedRotation) => Promise<unknown>;
}

const FAILING: readonly Scenario[] = [
  {
    name: 'the superuser is refused',
    tells: /SUPERUSER_REFUSED/,
    run: async (rotation) => {
      await rotation.rig.putValue(rotation.superuserArn, JSON.stringify({ ...SUPERUSER, password: 'not the "superuser\'s" \\ password' }));
      await rotation.attempt();
    },
  },
  {
    name: 'the superuser may not change users',
    tells: /PERMISSION_DENIED/,
    run: async (rotation) => {
      await rotation.node.command('ACL', 'SETUSER', SUPERUSER.username, '-acl|setuser');
      await rotation.attempt();
    },
  },
  {
    name: 'the user is off, so that the new password does not sign in',
    tells: /CREDENTIAL_INACTIVE|USER_UNUSABLE|VERIFICATION_FAILED|SIGN_IN_REFUSED/,
    run: async (rotation) => {
      const token = rotation.rig.begin();
      await rotation.attempt(token);
      await rotation.node.command('ACL', 'SETUSER', 'app', 'off');
      await rotation.attempt();
    },
  },
  {
    name: 'the password is removed before it is verified, and the retry sets it again',
    tells: /VERIFICATION_FAILED/,
    run: async (rotation) => {
      const token = rotation.rig.begin();
      await rotation.rig.step('createSecret', token);
      await rotation.rig.step('setSecret', token);
      await rotation.node.command('ACL', 'SETUSER', 'app', 'resetpass', `>${CURRENT}`);
      await rotation.evidence.attempt(() => rotation.rig.step('finishSecret', token));
      await rotation.attempt(token);
    },
  },
  {
    name: 'the promotion is refused with an error that repeats the value, and the retry succeeds',
    tells: /UpdateSecretVersionStage/,
    run: async (rotation) => {
      const token = rotation.rig.begin();
      rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? quoting(rotation.rig) : undefined);
      await rotation.attempt(token);
      rotation.rig.fault = () => undefined;
      await rotation.attempt(token);
    },
  },
  {
    name: 'the node does not answer for a while, in the middle',
    tells: /"step":"finishSecret"/,
    run: async (rotation) => {
      const token = rotation.rig.begin();
      await rotation.rig.step('createSecret', token);
      rotation.rig.remainingMs = 10_000; // far more than the pause
      await rotation.node.command('CLIENT', 'PAUSE', '1500', 'ALL');
      await rotation.attempt(token);
    },
  },
];

describe('no credential is told by the function or by Redis when', () => {
  let rotation: WatchedRotation;
  beforeEach(async () => { rotation = await WatchedRotation.start(); });
  afterEach(() => rotation.end());

  const expectNothingTold = async (): Promise<void> => {
    await rotation.end();
    rotation.evidence.protect(CURRENT);
    searched.push(rotation.evidence);
    expect(rotation.evidence.leaks()).toEqual([]);
  };

  test('three rotations succeed', async () => {
    for (let time = 1; time <= 3; time++) expect(await rotation.attempt()).toBe(false);
    await expectNothingTold();
    expect(rotation.evidence.textOf('MONITOR')).toMatch(/"AUTH","\(redacted\)"/);
    expect(rotation.evidence.textOf('SLOWLOG')).toContain('(redacted)');
    expect(rotation.evidence.textOf('the server\'s log')).toContain('Accepted');
  });

  test.each(FAILING)('$name', async ({ run, tells }) => {
    await run(rotation);
    await expectNothingTold();
    expect(rotation.evidence.textOf('the function\'s log')).toMatch(tells);
  });

  test('but by a client that asks for a password as a rule: its attempt stands in the log of failures', async () => {
    await rotation.rig.rotate();
    await rotation.node.command('GET', String(rotation.rig.labelled('AWSCURRENT')?.password));
    await rotation.end();
    expect(rotation.evidence.leaks().map(({ place }) => place)).toEqual(expect.arrayContaining(['MONITOR', 'SLOWLOG']));
  });
});

/** An error that has the new password in it. */
function quoting(rig: RotationRig): Fault {
  return { kind: 'error', name: 'ValidationException', message: `no good: ${String(rig.labelled('AWSPENDING')?.password)}`, status: 400 };
}
