import { ElastiCacheServiceException } from '@aws-sdk/client-elasticache';
import { createHandler } from '../../../lambda/engine/handler';
import { multiCredentialStrategy } from '../../../lambda/multi-credential/strategy';
import { ElastiCacheUser } from '../../../lambda/services/elasticache/elasticache-user';
import { MemoryDbUser } from '../../../lambda/services/memorydb/memorydb-user';
import { CacheUserRotationConfig } from '../../../src/private/rotation-config';
import { PASSWORD_POLICY } from '../../support/rotation-rig';
import { Answer, connectionReset, faultsOf } from '../aws-clients';
import { Subject } from '../promises';
import { answerRedisConnections, hashOf, SimulatedNode } from '../simulated-redis';
import { RotatedSecret, World } from '../world';
import { isUntold, labelsOf, operatorsOf, rotateUndisturbed } from './operators';

export type CacheServiceName = 'elasticache' | 'memorydb';

const ENDPOINT = { host: 'cache.internal', port: 6379 };
const FIRST_PASSWORD = 'the-first-password-of-the-user';
/** For how long a change is under way, in milliseconds. */
const MODIFYING_MS = 2_000;

const HANDLERS = {
  elasticache: createHandler<CacheUserRotationConfig>((config, invocation) =>
    multiCredentialStrategy(() => new ElastiCacheUser(config, invocation), config)),
  memorydb: createHandler<CacheUserRotationConfig>((config, invocation) =>
    multiCredentialStrategy(() => new MemoryDbUser(config, invocation), config)),
} as const;

/** A user of ElastiCache or MemoryDB, whose whole list of passwords is replaced at a time, some time after the call. */
export class CacheSubject implements Subject {
  static async start(world: World, service: CacheServiceName): Promise<CacheSubject> {
    const node = new SimulatedNode(ENDPOINT);
    node.set('app', [hashOf(FIRST_PASSWORD)]);
    world.releasing(answerRedisConnections(world.outside, [node]));
    world.answer({ [service === 'elasticache' ? 'ElastiCache' : 'MemoryDB']: new ControlPlane(world, node, service).answer });
    const secret = world.rotates(world.secret('app', { username: 'app', password: FIRST_PASSWORD, note: 'kept' }), HANDLERS[service], {
      service, username: 'app', userId: 'app', userArn: `arn:aws:${service}:us-east-1:111122223333:user:app`, endpoint: ENDPOINT, passwordPolicy: PASSWORD_POLICY,
    });
    await rotateUndisturbed(world, secret, 1);
    return new CacheSubject(world, node, secret);
  }

  private constructor(private readonly world: World, private readonly node: SimulatedNode, readonly secret: RotatedSecret) {}

  get always(): Subject['always'] {
    return { 'AWSCURRENT is accepted': () => this.isAccepted('AWSCURRENT') };
  }

  get finally(): Subject['finally'] {
    return {
      'AWSCURRENT is accepted': () => this.isAccepted('AWSCURRENT'),
      'AWSPREVIOUS is accepted, too': () => this.isAccepted('AWSPREVIOUS'),
      'no password is told': () => isUntold(this.world, this.secret, 'password') && !this.world.output.includes(FIRST_PASSWORD),
    };
  }

  get state(): string {
    return JSON.stringify([labelsOf(this.secret), this.node.hashes('app')]);
  }

  get acts(): Subject['acts'] {
    return operatorsOf(this.secret);
  }

  private isAccepted(label: string): boolean {
    const { username, password } = this.secret.value(this.secret.labels[label]) ?? {};
    return this.node.accepts(String(username), String(password));
  }
}

/** What ModifyUser and UpdateUser promise of it: the list takes the place of the former, later, and meanwhile the user cannot be changed. */
class ControlPlane {
  private modifying = false;
  private count = 1;

  constructor(private readonly world: World, private readonly node: SimulatedNode, private readonly service: CacheServiceName) {}

  readonly answer: Answer = ({ action, input, patienceMs }) => this.world.outside.call({
    service: this.service,
    what: action,
    patienceMs,
    faults: faultsOf(action),
    effect: () => (action === 'DescribeUsers' ? this.describe() : this.modify(passwordsIn(input))),
    lost: connectionReset,
    refusal: () => exception('AccessDenied'),
    throttling: () => exception('Throttling'),
  });

  private describe(): object {
    const Authentication = { Type: 'password', PasswordCount: this.count };
    return { Users: [{ UserName: 'app', Name: 'app', Status: this.modifying ? 'modifying' : 'active', Authentication }] };
  }

  private modify(passwords: readonly string[]): object {
    if (this.modifying) throw exception('InvalidUserState');
    this.modifying = true;
    this.count = passwords.length;
    this.world.time.after(MODIFYING_MS, () => {
      this.modifying = false;
      this.node.set('app', passwords.map(hashOf));
    });
    return {};
  }
}

function passwordsIn(input: Readonly<Record<string, unknown>>): readonly string[] {
  const { Passwords: ofElastiCache, AuthenticationMode: ofMemoryDb } = input;
  return (ofElastiCache ?? (ofMemoryDb as { readonly Passwords?: unknown } | undefined)?.Passwords ?? []) as readonly string[];
}

function exception(name: string): ElastiCacheServiceException {
  return new ElastiCacheServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}
