import { Annotations, Fn, Token } from 'aws-cdk-lib';
import { CfnVPCEndpoint, IInterfaceVpcEndpoint, ISecurityGroup, ISubnet, IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { BoundTarget } from './bound-target';
import { refuse, warningId } from './refuse';
import { allowIn, allowOut, allowOutOfGiven, Passage } from './security-group-rules';

const HTTPS = 443;

interface NetworkProps {
  readonly vpc?: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups?: ISecurityGroup[];
  readonly endpoint?: IInterfaceVpcEndpoint;
}

/** Where the function runs. */
export interface Network {
  readonly vpc?: IVpc;
  readonly subnets?: ISubnet[];
  readonly securityGroups?: ISecurityGroup[];
  /** Public subnets give a function no address, and serve where it needs no way out of the VPC. */
  readonly allowPublicSubnet?: boolean;
  readonly environment: Record<string, string>;
  /** What the first rotation needs. */
  readonly dependencies: IConstruct[];
}

export function network(scope: IConstruct, props: NetworkProps, target: BoundTarget): Network {
  const vpc = props.vpc ?? target.vpc;
  if (vpc === undefined) return outsideOfVpc(scope, props, target);
  const subnets = vpc.selectSubnets(props.vpcSubnets).subnets;
  checkSubnets(scope, vpc, subnets, props.endpoint);
  const passages = passagesOf(props, target);
  const securityGroups = props.securityGroups
    ? givenGroups(scope, props.securityGroups, passages)
    : [ownGroup(scope, vpc, passages)];
  const rules = passages.flatMap((passage) => allowIn(scope, securityGroups, passage));
  return {
    vpc,
    subnets,
    securityGroups: [...securityGroups],
    ...(props.endpoint ? { allowPublicSubnet: true } : {}),
    environment: endpointEnvironment(props.endpoint),
    dependencies: props.endpoint ? [...rules, props.endpoint] : rules,
  };
}

function outsideOfVpc(scope: IConstruct, props: NetworkProps, target: BoundTarget): Network {
  const given = (['vpcSubnets', 'securityGroups', 'endpoint'] as const).filter((name) => props[name] !== undefined);
  if (given.length > 0) refuse(scope, `${given.join(', ')} given without a VPC; set vpc`);
  if (target.securityGroups.length > 0 || isPrivateAddress(target.host)) {
    refuse(scope, `the target is in a VPC that is not known here (${describe(target)}); set vpc to the VPC in which the function reaches it`);
  }
  return { environment: {}, dependencies: [] };
}

/** Addresses of RFC 1918 and RFC 4193 are reached from inside a network only. */
function isPrivateAddress(host: string): boolean {
  return !Token.isUnresolved(host) && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(host);
}

function describe({ host, resource }: BoundTarget): string {
  return resource?.node.path ?? host;
}

/** A function has no public address: a public subnet's route to the internet gateway leads it nowhere. */
function checkSubnets(scope: IConstruct, vpc: IVpc, subnets: readonly ISubnet[], endpoint: IInterfaceVpcEndpoint | undefined): void {
  if (endpoint) return;
  const among = (group: readonly ISubnet[]) => subnets.filter(({ subnetId }) => group.some((one) => one.subnetId === subnetId));
  const [isPublic] = among(vpc.publicSubnets);
  if (isPublic) {
    refuse(scope, `the function cannot reach Secrets Manager from the public subnet ${isPublic.node.path}: it has no public address; choose private subnets with egress in vpcSubnets, or give an interface endpoint in endpoint`);
  }
  const [isolated] = among(vpc.isolatedSubnets);
  if (isolated) {
    Annotations.of(scope).addWarningV2(
      warningId('no-route-to-secrets-manager'),
      `the function runs in the isolated subnet ${isolated.node.path}, which has no NAT; give the interface endpoint of Secrets Manager in endpoint, or choose private subnets with egress in vpcSubnets`,
    );
  }
}

function passagesOf({ endpoint }: NetworkProps, target: BoundTarget): Passage[] {
  return [
    { to: target.securityGroups, port: target.port, what: 'secret rotation to database' },
    { to: endpoint?.connections.securityGroups ?? [], port: HTTPS, what: 'secret rotation to Secrets Manager' },
  ];
}

/** The function's own group: out to the database and to Secrets Manager, and nowhere else. */
function ownGroup(scope: IConstruct, vpc: IVpc, passages: readonly Passage[]): ISecurityGroup {
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Secret rotation: out to the database and to Secrets Manager',
    allowAllOutbound: false,
  });
  passages.forEach((passage) => allowOut(group, passage));
  return group;
}

/** Groups of the user's, as far as they do not let everything out already. */
function givenGroups(scope: IConstruct, groups: readonly ISecurityGroup[], passages: readonly Passage[]): readonly ISecurityGroup[] {
  for (const group of groups.filter(({ allowAllOutbound }) => !allowAllOutbound)) {
    passages.forEach((passage) => allowOutOfGiven(scope, group, passage));
  }
  return groups;
}

/** Without private DNS the service's usual name leads out of the VPC: the SDK takes the endpoint from this variable. */
function endpointEnvironment(endpoint: IInterfaceVpcEndpoint | undefined): Record<string, string> {
  const resource = endpoint?.node.defaultChild;
  if (!(resource instanceof CfnVPCEndpoint) || resource.privateDnsEnabled !== false) return {};
  const dnsName = Fn.select(1, Fn.split(':', Fn.select(0, resource.attrDnsEntries)));
  return { AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://${dnsName}` };
}
