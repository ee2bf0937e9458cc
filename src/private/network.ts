import { Annotations, Fn, Token } from 'aws-cdk-lib';
import { CfnVPCEndpoint, IInterfaceVpcEndpoint, ISecurityGroup, ISubnet, IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { Reach } from './reach';
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

export function network(scope: IConstruct, props: NetworkProps, reach: Reach): Network {
  const vpc = props.vpc ?? reach.vpc;
  if (vpc === undefined) return outsideOfVpc(scope, props, reach);
  const subnets = vpc.selectSubnets(props.vpcSubnets).subnets;
  checkSubnets(scope, vpc, subnets, props.endpoint, reach);
  const passages = passagesOf(props, reach);
  const securityGroups = props.securityGroups
    ? givenGroups(scope, props.securityGroups, passages)
    : [ownGroup(scope, vpc, passages, reach)];
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

function outsideOfVpc(scope: IConstruct, props: NetworkProps, reach: Reach): Network {
  const given = (['vpcSubnets', 'securityGroups', 'endpoint'] as const).filter((name) => props[name] !== undefined);
  if (given.length > 0) refuse(scope, `${given.join(', ')} given without a VPC; set vpc`);
  if (reach.inVpcOnly || reach.securityGroups.length > 0 || reach.endpoints.some(({ host }) => isPrivateAddress(host))) {
    refuse(scope, `the target is in a VPC that is not known here (${describe(reach)}); set vpc to the VPC in which the function reaches it`);
  }
  return { environment: {}, dependencies: [] };
}

/** Addresses of RFC 1918 and RFC 4193 are reached from inside a network only. */
function isPrivateAddress(host: string): boolean {
  return !Token.isUnresolved(host) && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(host);
}

function describe({ endpoints, resource, what }: Reach): string {
  return resource?.node.path ?? endpoints.find(({ host }) => isPrivateAddress(host))?.host ?? endpoints[0]?.host ?? what;
}

/** A function has no public address: a public subnet's route to the internet gateway leads it nowhere. */
function checkSubnets(scope: IConstruct, vpc: IVpc, subnets: readonly ISubnet[], endpoint: IInterfaceVpcEndpoint | undefined, { apis }: Reach): void {
  const among = (group: readonly ISubnet[]) => subnets.filter(({ subnetId }) => group.some((one) => one.subnetId === subnetId));
  const [isPublic] = among(vpc.publicSubnets);
  const [isolated] = among(vpc.isolatedSubnets);
  const closed = isPublic ?? isolated;
  if (endpoint && apis !== undefined && closed) {
    Annotations.of(scope).addWarningV2(
      warningId('no-route-to-service'),
      `the function calls ${apis} from the subnet ${closed.node.path}, which leads it nowhere out of the VPC; make sure that the VPC has interface endpoints with private DNS for it, or choose private subnets with egress in vpcSubnets`,
    );
  }
  if (endpoint) return;
  if (isPublic) {
    refuse(scope, `the function cannot reach Secrets Manager from the public subnet ${isPublic.node.path}: it has no public address; choose private subnets with egress in vpcSubnets, or give an interface endpoint in endpoint`);
  }
  if (isolated) {
    Annotations.of(scope).addWarningV2(
      warningId('no-route-to-secrets-manager'),
      `the function runs in the isolated subnet ${isolated.node.path}, which has no NAT; give the interface endpoint of Secrets Manager in endpoint, or choose private subnets with egress in vpcSubnets`,
    );
  }
}

function passagesOf({ endpoint }: NetworkProps, { what, endpoints, ports = [], apis, securityGroups }: Reach): Passage[] {
  const distinct = [...new Set([...endpoints.map(({ port }) => port), ...ports])];
  const toEndpoint = endpoint?.connections.securityGroups ?? [];
  const anywhere: Passage = { to: [], port: HTTPS, what: `secret rotation to ${apis}` };
  return [
    ...distinct.map((port): Passage => ({ to: securityGroups, port, what: `secret rotation to ${what}` })),
    { to: toEndpoint, port: HTTPS, what: 'secret rotation to Secrets Manager' },
    ...(apis !== undefined && toEndpoint.length > 0 ? [anywhere] : []),
  ];
}

/** The function's own group: out to what it rotates and to Secrets Manager, and nowhere else. */
function ownGroup(scope: IConstruct, vpc: IVpc, passages: readonly Passage[], { what }: Reach): ISecurityGroup {
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: `Secret rotation: out to the ${what} and to Secrets Manager`,
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
