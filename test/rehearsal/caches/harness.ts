import { ElastiCacheClient, ElastiCacheClientConfig } from '@aws-sdk/client-elasticache';
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { LocalCaches, LocalCachesOptions } from '../../../rehearsal/caches';
import { RedisServer } from '../../../rehearsal/redis';
import { startRedis, stopServers, trySignIn } from '../redis/harness';

/** Of the lengths that both services take. */
export const [ONE, TWO, THREE] = ['one', 'two', 'three'].map((word) => `password-number-${word}`) as [string, string, string];
export const ACCESS = 'on ~app:* +@all';

const started: { readonly caches: LocalCaches; readonly clients: { destroy(): void }[] }[] = [];

type ClientConfig = Pick<ElastiCacheClientConfig, 'maxAttempts' | 'requestHandler'>;

export interface Harness {
  readonly caches: LocalCaches;
  readonly server: RedisServer;
  readonly endpoint: string;
  readonly elasticache: ElastiCacheClient;
  readonly memorydb: MemoryDBClient;
  readonly elasticacheWith: (config: ClientConfig) => ElastiCacheClient;
  readonly memorydbWith: (config: ClientConfig) => MemoryDBClient;
  /** Which of these passwords the server accepts of the user `app`. */
  readonly accepted: (...passwords: readonly string[]) => Promise<string[]>;
}

/** Both services, a real server, and unmodified AWS SDK clients that do not retry. */
export async function harness(options: LocalCachesOptions = {}): Promise<Harness> {
  const server = await startRedis();
  const caches = new LocalCaches(options);
  const { endpoint } = await caches.start();
  const clients: { destroy(): void }[] = [];
  started.push({ caches, clients });
  const common = { endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'unused' } };
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const elasticacheWith = (config: ClientConfig) => kept(new ElastiCacheClient({ ...common, ...config }));
  const memorydbWith = (config: ClientConfig) => kept(new MemoryDBClient({ ...common, ...config }));
  const accepted = async (...passwords: readonly string[]): Promise<string[]> => {
    const answers = await Promise.all(passwords.map(async (password) => trySignIn(server, { username: 'app', password })));
    return passwords.filter((_, index) => answers[index] === 'accepted');
  };
  return { caches, server, endpoint, elasticache: elasticacheWith({}), memorydb: memorydbWith({}), elasticacheWith, memorydbWith, accepted };
}

export async function stopHarnesses(): Promise<void> {
  await Promise.all(started.splice(0).map(async ({ caches, clients }) => {
    clients.forEach((client) => client.destroy());
    await caches.stop();
  }));
  await stopServers();
}
