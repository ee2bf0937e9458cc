import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Invocation } from '../../../../lambda/engine/contract/invocation';
import type { CacheUser } from '../../../../lambda/services/elasticache/cache-user';
import { ElastiCacheUser } from '../../../../lambda/services/elasticache/elasticache-user';
import { MemoryDbUser } from '../../../../lambda/services/memorydb/memorydb-user';
import { CacheServiceName, LocalCaches, LocalCachesOptions } from '../../../../rehearsal/caches';
import type { RedisServer } from '../../../../rehearsal/redis';
import type { Fault } from '../../../../rehearsal/secrets-manager';
import type { SecretFields } from '../../../../service';
import type { CacheUserRotationConfig } from '../../../../src/private/rotation-config';
import { authority, startRedis, stopServers } from '../../../rehearsal/redis/harness';
import { CONFIG, testInvocation } from '../iam/iam-rig';

export const SERVICES: readonly CacheServiceName[] = ['elasticache', 'memorydb'];
export const FUNCTION_SECRET = 'TheFunctionsOwnSecretKey/0123456789';

const closing: (() => Promise<void>)[] = [];

/** Stops what a test started. */
export async function stopAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
  await stopServers();
}

export interface RunningCache {
  readonly caches: LocalCaches;
  readonly server: RedisServer;
  readonly userArn: string;
  /** What the service was asked to do, in order, by its actions. */
  readonly actions: () => string[];
}

/** A cache, its control plane, and a user of it: `app`, whose id at ElastiCache is `app-id`. */
export async function startCache(service: CacheServiceName, passwords: readonly string[], options: LocalCachesOptions = {}): Promise<RunningCache> {
  const server = await startRedis();
  const caches = new LocalCaches(options);
  useEndpoint((await caches.start()).endpoint);
  closing.push(() => caches.stop());
  const user = { server, passwords: passwords.length > 0 ? passwords : undefined, accessString: 'on ~* +@all' };
  const { arn } = service === 'elasticache' ? await caches.createElastiCacheUser({ userId: 'app-id', userName: 'app', ...user }) : await caches.createMemoryDbUser({ name: 'app', ...user });
  return { caches, server, userArn: arn, actions: () => caches.calls.map(({ action }) => action) };
}

/** Lambda gives a function these; the endpoints are those of the local services. */
export function useEndpoint(endpoint: string): void {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'ASIAFUNCTION', AWS_SECRET_ACCESS_KEY: FUNCTION_SECRET, AWS_ENDPOINT_URL_ELASTICACHE: endpoint, AWS_ENDPOINT_URL_MEMORYDB: endpoint,
  });
}

export interface Located {
  readonly server: { readonly host: string; readonly port: number };
  readonly userArn: string;
}

/** For tests that never sign in. */
export const NOWHERE: Located = { server: { host: '127.0.0.1', port: 1 }, userArn: 'arn:aws:service:region:account:user' };

export interface CacheUserOptions {
  readonly invocation?: Invocation;
  readonly config?: Partial<CacheUserRotationConfig>;
}

export function cacheUser(service: CacheServiceName, { server, userArn }: Located, options: CacheUserOptions = {}): CacheUser {
  const { host, port } = server;
  const { invocation = testInvocation(), config } = options;
  const complete = {
    service, passwordPolicy: CONFIG.passwordPolicy, userId: service === 'elasticache' ? 'app-id' : 'app', username: 'app', userArn, endpoint: { host, port }, ...config,
  };
  return service === 'elasticache' ? new ElastiCacheUser(complete, invocation, authority.certificate) : new MemoryDbUser(complete, invocation, authority.certificate);
}

export const nobodyOvertook = (): Promise<void> => Promise.resolve();

export function fieldsOf(password: string): SecretFields {
  return { username: 'app', password };
}

/** A fault for the first calls of one action. */
export function failing(action: string, fault: Fault, times = Infinity, moment: 'before' | 'after' = 'before'): LocalCachesOptions {
  let left = times;
  return { fault: (point) => (point.action === action && point.moment === moment && left-- > 0 ? fault : undefined) };
}

export interface Described {
  readonly name?: string;
  readonly type?: string;
  readonly status?: string;
}

/** Answers all with a user that the local services would never have. Returns the bodies of the requests it got. */
export async function startDescribing(service: CacheServiceName, { name = 'app', type = 'password', status = 'active' }: Described = {}): Promise<readonly string[]> {
  const requests: string[] = [];
  const json = JSON.stringify({ Users: [{ Name: name, Status: status, Authentication: { Type: type, PasswordCount: 1 } }] });
  const xml = `<DescribeUsersResponse><DescribeUsersResult><Users><member><UserId>app-id</UserId><UserName>${name}</UserName><Status>${status}</Status>
    <Authentication><Type>${type}</Type><PasswordCount>1</PasswordCount></Authentication></member></Users></DescribeUsersResult></DescribeUsersResponse>`;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => {
      requests.push(text);
      response.end(service === 'memorydb' ? json : xml);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  useEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return requests;
}
