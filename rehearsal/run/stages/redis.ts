import { NO_AWS, Stage, StageBuilder, StageContext, TIMELESS } from './stage';
import type { RedisRotationConfig } from '../../../src/private/rotation-config';
import { findSecret, RotationDefinition } from '../../assembly/discovery';
import { parseObject, type SecretValues } from '../../assembly/secret-values';
import { Unresolvable } from '../../assembly/unresolvable';
import { findRedis, RedisServer } from '../../redis';

/** A user that is there before the first rotation, with the password of its secret. */
interface Login {
  readonly username: string;
  readonly password: string;
}

/** A real server for each node. Whoever changes users is there beforehand, and so is a user that the rotation does not create. */
export class RedisStage implements StageBuilder {
  private readonly nodes = new Map<string, { readonly host: string; readonly logins: Map<string, string> }>();

  constructor(private readonly values: SecretValues) {}

  add(rotation: RotationDefinition): void {
    requireRedis();
    const config = rotation.config as unknown as RedisRotationConfig;
    const logins = this.loginsOf(rotation, config);
    for (const { host, port } of config.nodes) {
      const node = this.nodes.get(`${host}:${port}`) ?? { host, logins: new Map<string, string>() };
      logins.forEach(({ username, password }) => node.logins.set(username, password));
      this.nodes.set(`${host}:${port}`, node);
    }
  }

  async start({ authority }: StageContext): Promise<Stage> {
    const binary = requireRedis();
    const servers = new Map<string, RedisServer>();
    for (const [name, { host, logins }] of this.nodes) {
      const server = await RedisServer.start({ binary, ...authority.issue({ hosts: [host] }), aclFile: true });
      for (const [username, password] of logins) await server.command('ACL', 'SETUSER', username, 'on', `>${password}`, '~*', '&*', '+@all');
      servers.set(name, server);
    }
    const [version = ''] = [...servers.values()].map(server => server.version);
    return {
      ...NO_AWS,
      ...TIMELESS,
      notes: [`Redis or Valkey ${version} stands in for ${[...servers.keys()].join(', ')}`],
      trustsNode: true,
      servers: [`Redis ${version}`],
      hosts: Object.fromEntries([...servers].map(([name, { host, port }]) => [name, `${host}:${port}`])),
      // a secret that was given has no host before its first rotation
      clientService: ({ config }) => ({ kind: 'redis', endpoint: (config as unknown as RedisRotationConfig).nodes[0] }),
      stop: async () => { await Promise.all([...servers.values()].map(server => server.stop())); },
    };
  }

  private loginsOf({ secret }: RotationDefinition, { superuserSecretArn, aclRules }: RedisRotationConfig): Login[] {
    const superuser = superuserSecretArn === undefined ? [] : [loginOf(this.values.valueOf(findSecret(this.values, superuserSecretArn)))];
    const isThere = superuserSecretArn === undefined || aclRules === undefined;
    return isThere ? [...superuser, loginOf(this.values.valueOf(secret))] : superuser;
  }
}

export function requireRedis(): string {
  const binary = findRedis();
  if (binary !== undefined) return binary;
  throw new Unresolvable('neither redis-server nor valkey-server is on this machine. Install one (Debian: apt-get install redis-server)');
}

export function loginOf(value: string | undefined): Login {
  const { username, password } = parseObject(value);
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  throw new Unresolvable('a secret that it needs has no username and password');
}
