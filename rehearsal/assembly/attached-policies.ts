import type { PolicyDocument } from '../iam';
import type { Resolver } from './resolver';
import { constructPathOf, Resource } from './template';
import { ifResolvable } from './unresolvable';

/** A resource that may hold a policy of somebody; `doubt` says why that is not certain. */
interface Candidate {
  readonly resource: Resource;
  readonly doubt?: string;
}

/**
 * The policies that resources of these types attach to somebody. One of which it cannot be said whether it is created,
 * or to whom it is attached, is in doubt: it allows nothing, and what it may deny is denied.
 */
export function attachedPolicies(
  resolver: Resolver,
  types: readonly string[],
  isAttached: (resource: Resource) => boolean,
  read: (resource: Resource) => PolicyDocument,
): PolicyDocument[] {
  return candidates(resolver, types).flatMap(({ resource, doubt }) => {
    const attached = ifResolvable(() => isAttached(resource));
    if (attached === false) return [];
    const reason = attached === undefined ? 'what it is attached to cannot be worked out' : doubt;
    return [reason === undefined ? read(resource) : { ...read(resource), doubt: `${constructPathOf(resource)}: ${reason}` }];
  });
}

function candidates(resolver: Resolver, types: readonly string[]): Candidate[] {
  const undecided = resolver.undecided(...types).map(({ resource, reason }) => ({ resource, doubt: reason }));
  return [...resolver.resourcesOf(...types).map(resource => ({ resource })), ...undecided];
}
