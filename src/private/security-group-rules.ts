import { Annotations, Stack } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, Connections, IPeer, ISecurityGroup, Peer, Port, Protocol, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { warningId } from './refuse';

/** One direction that the function needs, at one port. */
export interface Passage {
  /** The groups on the other side; none where they are not known. */
  readonly to: readonly ISecurityGroup[];
  readonly port: number;
  readonly what: string;
}

/**
 * Lets the function's group out to exactly the groups of the passage. The rule is written into the group itself: as
 * a resource of its own, which CDK makes of each rule that names a group or a token, it would add nothing but a resource.
 */
export function allowOut(group: ISecurityGroup, passage: Passage): void {
  for (const target of passage.to) {
    group.addEgressRule(new InlinePeer(target), new InlinePort(passage.port), passage.what);
  }
  if (passage.to.length === 0) group.addEgressRule(Peer.anyIpv4(), new InlinePort(passage.port), passage.what);
}

/** A given group of this stack gets the rules, as `connections.allowTo` would have it; one of another stack is its owner's. */
export function allowOutOfGiven(scope: IConstruct, group: ISecurityGroup, { to, port, what }: Passage): void {
  if (Stack.of(group) !== Stack.of(scope)) {
    Annotations.of(scope).addWarningV2(
      warningId('security-group-restricts-egress'),
      `security group ${group.node.path} of another stack does not let everything out (${what}); make sure that it has a rule: egress, protocol tcp, port ${portText(scope, port)}`,
    );
    return;
  }
  const peers = to.length > 0 ? to : [Peer.anyIpv4()];
  peers.forEach((peer) => group.addEgressRule(peer, Port.tcp(port), what));
}

/**
 * Lets the function in at the other side, as a rule in the function's own stack: one written into the stack of the
 * other side would make the two stacks depend on each other (https://github.com/aws/aws-cdk/issues/18026).
 * Returns the rules, for the first rotation to wait for. A group that refuses rules gives a warning.
 */
export function allowIn(scope: IConstruct, groups: readonly ISecurityGroup[], passage: Passage): IConstruct[] {
  return groups.flatMap((group, index) => {
    const source = inOwnStack(scope, group, index);
    return passage.to.flatMap((target) => {
      target.addIngressRule(source, Port.tcp(passage.port), passage.what, true);
      const rules = findRules(scope, source, target);
      if (rules.length === 0) warnOfRefusal(scope, group, target, passage);
      return rules;
    });
  });
}

function inOwnStack(scope: IConstruct, group: ISecurityGroup, index: number): ISecurityGroup {
  if (Stack.of(group) === Stack.of(scope)) return group;
  const id = `Source${index}`;
  const known = scope.node.tryFindChild(id);
  return (known as ISecurityGroup | undefined) ?? SecurityGroup.fromSecurityGroupId(scope, id, group.securityGroupId);
}

/** CDK puts the rule beneath either group, depending on their stacks, and returns nothing. */
function findRules(scope: IConstruct, source: ISecurityGroup, target: ISecurityGroup): IConstruct[] {
  const stack = Stack.of(scope);
  const text = (value: unknown) => JSON.stringify(stack.resolve(value));
  return [...target.node.children, ...source.node.children].filter((child) =>
    child instanceof CfnSecurityGroupIngress
    && text(child.groupId) === text(target.securityGroupId)
    && text(child.sourceSecurityGroupId) === text(source.securityGroupId));
}

function warnOfRefusal(scope: IConstruct, source: ISecurityGroup, target: ISecurityGroup, { port, what }: Passage): void {
  Annotations.of(scope).addWarningV2(
    warningId('security-group-refuses-rules'),
    `security group ${target.node.path} refuses rules (${what}); add to it yourself: ingress, protocol tcp, port ${portText(scope, port)}, source security group ${source.node.path}`,
  );
}

function portText(scope: IConstruct, port: number): string {
  return JSON.stringify(Stack.of(scope).resolve(port));
}

class InlinePeer implements IPeer {
  public readonly canInlineRule = true;
  public readonly uniqueId: string;
  public readonly connections: Connections = new Connections({ peer: this });

  public constructor(private readonly group: ISecurityGroup) {
    this.uniqueId = group.uniqueId;
  }

  public toIngressRuleConfig(): ReturnType<IPeer['toIngressRuleConfig']> {
    return { sourceSecurityGroupId: this.group.securityGroupId };
  }

  public toEgressRuleConfig(): ReturnType<IPeer['toEgressRuleConfig']> {
    return { destinationSecurityGroupId: this.group.securityGroupId };
  }
}

class InlinePort extends Port {
  public override readonly canInlineRule = true;

  public constructor(port: number) {
    super({ protocol: Protocol.TCP, fromPort: port, toPort: port, stringRepresentation: String(port) });
  }
}
