import { createHash } from 'node:crypto';
import type { Resolver } from './resolver';
import { Resource, Stack } from './template';

const SUFFIX_LENGTH = 12;

/** The name that the template gives, or one like CloudFormation makes up: stack, logical id, random characters. */
export function physicalName(resolver: Resolver, resource: Resource, property: string): string {
  return resolver.optionalString(resource, property) ?? `${resource.stack.name}-${resource.logicalId}-${madeUp(resource).slice(0, SUFFIX_LENGTH).toUpperCase()}`;
}

/** Made-up characters of a resource, 0-9 and a-z, the same each time. */
export function madeUp(resource: Resource): string {
  return hash(`${resource.stack.account}/${resource.stack.region}/${resource.stack.name}/${resource.logicalId}`);
}

/** What the endpoints of an account in a region have in common. */
export function madeUpOfEnvironment({ account, region }: Stack): string {
  return `c${hash(`${account}/${region}`).slice(0, SUFFIX_LENGTH - 1)}`;
}

function hash(text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`).toString(36);
}
