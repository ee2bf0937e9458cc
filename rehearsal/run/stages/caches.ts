import { loginOf, requireRedis } from './redis';
import { Stage, StageBuilder, StageContext, TIMELESS } from './stage';
import type { CacheUserRotationConfig, EndpointConfig } from '../../../src/private/rotation-config';
import type { RotationDefinition } from '../../assembly/discovery';
import type { SecretValues } from '../../assembly/secret-values';
import { asList, isRecord, Resource } from '../../assembly/template';
import { ifResolvable } from '../../assembly/unresolvable';
import { LocalCaches } from '../../caches';
import { RedisServer } from '../../redis';

/** For users whose rotation names no endpoint. */
const ANY_ENDPOINT: EndpointConfig = { host: 'cache.rehearsal.invalid', port: 6379 };
const ANY_RULES = 'on ~* &* +@all';

/** A user as CloudFormation makes it before the first rotation. */
interface CacheUser {
  readonly service: 'elasticache' | 'memorydb';
  readonly config: CacheUserRotationConfig;
  readonly accessString: string;
  readonly passwords: readonly string[];
}

/** ElastiCache and MemoryDB: local control planes, whose users live in a real server for each endpoint. */
export class CacheStage implements StageBuilder {
  private readonly users: CacheUser[] = [];

  constructor(private readonly values: SecretValues) {}

  add(rotation: RotationDefinition): void {
    requireRedis();
    const config = rotation.config as unknown as CacheUserRotationConfig;
    const service = config.service === 'memorydb' ? 'memorydb' : 'elasticache';
    const resource = this.resourceOf(service, config.userId);
    const passwords = resource && this.passwordsOf(resource);
    this.users.push({
      service,
      config,
      accessString: resource === undefined ? ANY_RULES : this.values.resolver.optionalString(resource, 'AccessString') ?? ANY_RULES,
      passwords: passwords ?? [loginOf(this.values.valueOf(rotation.secret)).password],
    });
  }

  async start({ authority, authorize }: StageContext): Promise<Stage> {
    const binary = requireRedis();
    const [, partition, , region, account] = this.users[0]?.config.userArn.split(':') ?? [];
    const caches = new LocalCaches({ account, region, partition, authorize, modifyingMs: 50 });
    const { endpoint } = await caches.start();
    const servers = new Map<string, RedisServer>();
    for (const { service, config, accessString, passwords } of this.users) {
      const at = config.endpoint ?? ANY_ENDPOINT;
      const server = servers.get(nameOf(at)) ?? await RedisServer.start({ binary, ...authority.issue({ hosts: [at.host] }) });
      servers.set(nameOf(at), server);
      if (service === 'elasticache') await caches.createElastiCacheUser({ userId: config.userId, userName: config.username, accessString, passwords, server });
      else await caches.createMemoryDbUser({ name: config.userId, accessString, passwords, server });
    }
    const [version = ''] = [...servers.values()].map(server => server.version);
    return {
      ...TIMELESS,
      notes: [`Redis or Valkey ${version} stands in for the caches of ${this.users.map(({ config }) => config.userId).join(', ')}`],
      trustsNode: true,
      servers: [`Redis ${version}`],
      hosts: Object.fromEntries([...servers].map(([name, { host, port }]) => [name, `${host}:${port}`])),
      endpoints: { AWS_ENDPOINT_URL_ELASTICACHE: endpoint, AWS_ENDPOINT_URL_MEMORYDB: endpoint },
      calls: () => caches.calls.map(({ service, action, accessKeyId }) => ({ what: `${service === 'memorydb' ? 'MemoryDB' : 'ElastiCache'} ${action}`, accessKeyId })),
      clientService: ({ config }) => ({ kind: 'redis', endpoint: (config as unknown as CacheUserRotationConfig).endpoint ?? ANY_ENDPOINT }),
      stop: async () => {
        await caches.stop();
        await Promise.all([...servers.values()].map(server => server.stop()));
      },
    };
  }

  private resourceOf(service: CacheUser['service'], userId: string): Resource | undefined {
    const [type, property] = service === 'memorydb' ? ['AWS::MemoryDB::User', 'UserName'] : ['AWS::ElastiCache::User', 'UserId'];
    return this.values.resolver.resourcesOf(type).find(user => ifResolvable(() => this.values.resolver.optionalString(user, property)) === userId);
  }

  private passwordsOf(resource: Resource): readonly string[] | undefined {
    const { resolver } = this.values;
    const mode = resolver.property(resource, 'AuthenticationMode');
    const passwords = asList(isRecord(mode) ? mode.Passwords : resolver.property(resource, 'Passwords')).map(String);
    return passwords.length > 0 ? passwords : undefined;
  }
}

function nameOf({ host, port }: EndpointConfig): string {
  return `${host}:${port}`;
}
