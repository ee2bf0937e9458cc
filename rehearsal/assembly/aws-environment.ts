import { Stack } from './template';

/** An account number that AWS reserves for documentation: it stands in where the app does not name one. */
export const DOCUMENTATION_ACCOUNT = '111122223333';
export const DEFAULT_REGION = 'us-east-1';

interface Partition {
  readonly name: string;
  readonly urlSuffix: string;
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITIONS: readonly (readonly [regionPrefix: string, partition: Partition])[] = [
  ['cn-', { name: 'aws-cn', urlSuffix: 'amazonaws.com.cn' }],
  ['us-gov-', { name: 'aws-us-gov', urlSuffix: 'amazonaws.com' }],
  ['us-isob-', { name: 'aws-iso-b', urlSuffix: 'sc2s.sgov.gov' }],
  ['us-isof-', { name: 'aws-iso-f', urlSuffix: 'csp.hci.ic.gov' }],
  ['eu-isoe-', { name: 'aws-iso-e', urlSuffix: 'cloud.adc-e.uk' }],
  ['us-iso-', { name: 'aws-iso', urlSuffix: 'c2s.ic.gov' }],
  ['eusc-', { name: 'aws-eusc', urlSuffix: 'amazonaws.eu' }],
];

export function partitionOf(region: string): Partition {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? { name: 'aws', urlSuffix: 'amazonaws.com' };
}

/** `aws://account/region` of a manifest; either may be `unknown-…` in an app that is not bound to an environment. */
export function parseEnvironment(environment: string | undefined): Pick<Stack, 'account' | 'region'> {
  const [account = '', region = ''] = (environment ?? '').replace(/^aws:\/\//, '').split('/');
  return {
    account: /^\d{12}$/.test(account) ? account : DOCUMENTATION_ACCOUNT,
    region: region === '' || region.startsWith('unknown') ? DEFAULT_REGION : region,
  };
}

export function arn(stack: Pick<Stack, 'account' | 'region'>, service: string, resource: string): string {
  return `arn:${partitionOf(stack.region).name}:${service}:${stack.region}:${stack.account}:${resource}`;
}

export function globalArn(stack: Pick<Stack, 'account' | 'region'>, service: string, resource: string): string {
  return `arn:${partitionOf(stack.region).name}:${service}::${stack.account}:${resource}`;
}
