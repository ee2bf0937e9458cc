/**
 * The control planes of ElastiCache's and MemoryDB's users on this machine: AWS's documented rules behind AWS's wire protocols.
 * The users live in real Redis or Valkey servers. What it does not do, it says: signatures are not verified; a user signs in with
 * passwords only, neither by IAM nor without; groups, engines, filters, pages and quotas per second are missing.
 */
export { CacheFaults } from './faults';
export type { CacheFaultPoint, CacheServiceName } from './faults';
export { LocalCaches } from './local-caches';
export type { CreateElastiCacheUserInput, CreateMemoryDbUserInput } from './local-caches';
export type { LocalCachesOptions } from './options';
export type { RecordedCacheCall } from './recorded-call';
