import { madeUp } from './physical-names';
import type { Resolver } from './resolver';
import type { Resource } from './template';

const REDIS_PORT = '6379';

/** The name of a cache's endpoint, made up under its real suffix. */
export function cacheHost(role: string): (resolver: Resolver, resource: Resource) => string {
  return (_, resource) => `${role}.${madeUp(resource).slice(0, 12)}.cache.amazonaws.com`;
}

export function cachePort(resolver: Resolver, resource: Resource): string {
  return resolver.optionalString(resource, 'Port') ?? REDIS_PORT;
}
