import { Evidence, reportExtent } from './evidence';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { CacheServiceName, CacheFaults } from '../../rehearsal/caches';
import { Fault } from '../../rehearsal/secrets-manager';
import type { CacheUserRotationConfig } from '../../src/private/rotation-config';
import { cacheUser, fieldsOf, FUNCTION_SECRET, RunningCache, SERVICES, startCache, stopAll } from '../lambda/services/elasticache/cache-rig';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

const CURRENT = 'current-PaSsWoRd-"111111\'';
const searched: Evidence[] = [];
afterAll(() => reportExtent('ElastiCache and MemoryDB', searched));
afterEach(stopAll);

type FaultOf = (action: string, moment: 'before' | 'after') => Fault | undefined;

/** A rotation of a user of a cache, and all that is said about it. */
class WatchedCache {
  static async start(service: CacheServiceName): Promise<WatchedCache> {
    const faulty: { fault: FaultOf } = { fault: () => undefined };
    const cache = await startCache(service, [CURRENT], { modifyingMs: 20, fault: ({ action, moment }) => faulty.fault(action, moment) });
    await cache.server.command('CONFIG', 'SET', 'loglevel', 'debug');
    const evidence = new Evidence();
    evidence.listen();
    const rig = await RotationRig.start<Pick<CacheUserRotationConfig, 'service' | 'passwordPolicy'>>({
      config: { service, passwordPolicy: PASSWORD_POLICY },
      strategy: (config, invocation) => evidence.watching(multiCredentialStrategy(() => cacheUser(service, cache, { invocation }), config)),
      secretString: JSON.stringify(fieldsOf(CURRENT)),
      remainingMs: 2_000,
    });
    return new WatchedCache(service, cache, rig, evidence, faulty, cache.server.log().length);
  }

  private ended = false;

  private constructor(
    readonly service: CacheServiceName, readonly cache: RunningCache, readonly rig: RotationRig, readonly evidence: Evidence,
    private readonly faulty: { fault: FaultOf }, private readonly loggedBefore: number,
  ) {}

  attempt(token: string = this.rig.begin()): Promise<boolean> {
    return this.evidence.attempt(() => this.rig.steps(token));
  }

  failChange(fault: () => Fault | undefined, at: 'before' | 'after' = 'before'): void {
    this.faulty.fault = (action, moment) => (action.startsWith('Describe') || moment !== at ? undefined : fault());
  }

  get pendingPassword(): string {
    return String(this.rig.labelled('AWSPENDING')?.password);
  }

  /** Once. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.rig.stop();
    this.evidence.stop();
    this.evidence.addRig(this.rig, ['password']);
    this.evidence.protect(FUNCTION_SECRET);
    this.evidence.addServer('the server\'s log', this.cache.server.log().slice(this.loggedBefore));
  }
}

interface Scenario {
  readonly name: string;
  readonly tells: RegExp;
  readonly run: (cache: WatchedCache) => Promise<unknown>;
}

const FAILING: readonly Scenario[] = [
  ...['InvalidParameterValueException', 'AccessDeniedException', 'InternalFailure', 'ThrottlingException', 'SomethingNew'].map((name): Scenario => ({
    name: `the service repeats the passwords in its error (${name})`,
    tells: new RegExp(name),
    run: async (cache) => {
      cache.failChange(() => quoting(name, name === 'InternalFailure' ? 500 : 400, [CURRENT, cache.pendingPassword]));
      await cache.attempt();
    },
  })),
  {
    name: 'the answer to the change is lost, and the retry comes',
    tells: /SERVICE_UNREACHABLE|"Retries":[1-9]/,
    run: async (cache) => {
      let lost = false;
      cache.failChange(() => {
        const fault = lost ? undefined : CacheFaults.lostAnswer;
        lost = true;
        return fault;
      }, 'after');
      const token = cache.rig.begin();
      await cache.attempt(token);
      await cache.attempt(token);
    },
  },
  {
    name: 'the new password does not sign in',
    tells: /VERIFICATION_FAILED/,
    run: async (cache) => {
      const token = cache.rig.begin();
      await cache.rig.step('createSecret', token);
      await cache.rig.step('setSecret', token);
      await cache.cache.server.command('ACL', 'SETUSER', 'app', 'resetpass', `>${CURRENT}`);
      await cache.evidence.attempt(() => cache.rig.step('finishSecret', token));
    },
  },
];

describe.each(SERVICES)('no credential of a user of %s is told when', (service) => {
  let cache: WatchedCache;
  beforeEach(async () => { cache = await WatchedCache.start(service); });
  afterEach(() => cache.end());

  const expectNothingTold = async (): Promise<void> => {
    await cache.end();
    searched.push(cache.evidence);
    expect(cache.evidence.leaks()).toEqual([]);
  };

  test('two rotations succeed', async () => {
    expect([await cache.attempt(), await cache.attempt()]).toEqual([false, false]);
    await expectNothingTold();
  });

  test.each(FAILING)('$name', async ({ run, tells }) => {
    await run(cache);
    await expectNothingTold();
    expect(cache.evidence.textOf('the function\'s log')).toMatch(tells);
  });
});

function quoting(name: string, status: number, secrets: readonly string[]): Fault {
  return { kind: 'error', name, message: `1 validation error detected: Value '${JSON.stringify(secrets)}' at 'passwords' is no good: ${secrets.join(' ')}`, status };
}
