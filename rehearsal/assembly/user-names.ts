import { globalArn } from './aws-environment';
import { physicalName } from './physical-names';
import type { Resolver } from './resolver';
import type { Resource } from './template';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_USER_NAME = 64;

/** Of an IAM user; a made-up one is cut in its middle where it would be too long. */
export function userName(resolver: Resolver, resource: Resource): string {
  const name = physicalName(resolver, resource, 'UserName');
  return name.length <= LONGEST_USER_NAME ? name : `${name.slice(0, LONGEST_USER_NAME / 2)}${name.slice(-LONGEST_USER_NAME / 2)}`;
}

export function userArn(resolver: Resolver, resource: Resource): string {
  const path = resolver.optionalString(resource, 'Path') ?? '/';
  return globalArn(resource.stack, 'iam', `user${path}${userName(resolver, resource)}`);
}
