/**
 * A real Redis or Valkey server of the machine, over TLS only, whose users live as long as its process unless it has an ACL file.
 * The machine has to bring the program: Redis comes in no npm package.
 */
export { findRedis } from './find-redis';
export { RedisServer } from './redis-server';
export type { RedisServerOptions } from './redis-server';
