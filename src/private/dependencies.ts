import { CfnResource } from 'aws-cdk-lib';
import { Dependable, IConstruct, IDependable } from 'constructs';

const rotations = new WeakSet<IConstruct>();

export function rememberRotation(rotation: IConstruct): void {
  rotations.add(rotation);
}

/**
 * What users of a database write beneath it or its secret, and what waits for a rotation itself: a service that
 * depends on the rotation would close a circle through its own rule.
 */
const OF_OTHERS = [
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
];

/**
 * A construct with its children, as something to wait for: an Aurora writer is not implied by its cluster, nor an
 * attachment by its secret. Rotations among the children are left out; they would wait for each other.
 */
export function completeWithoutRotations(construct: IConstruct): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, {
    // read at synthesis: children may still be added
    get dependencyRoots() {
      return resources(construct);
    },
  });
  return dependable;
}

function resources(construct: IConstruct): IConstruct[] {
  if (rotations.has(construct)) return [];
  const own = CfnResource.isCfnResource(construct) && !OF_OTHERS.includes(construct.cfnResourceType) ? [construct] : [];
  return [...own, ...construct.node.children.flatMap(resources)];
}
