import { Annotations, CfnResource, Stage } from 'aws-cdk-lib';
import { CfnDBProxy } from 'aws-cdk-lib/aws-rds';
import { CfnRotationSchedule, ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { warningId } from './refuse';
import { resolveReferences, secretIdentity } from './secret-reference';

/** What the rest of the app must not do with a rotation's secret. */
export interface SecretRules {
  /** Whether rotations change the secret's `username`. */
  readonly alternates: boolean;
  /** What to do instead of referring to `username`. */
  readonly insteadOfUsername?: string;
}

interface CheckedRotation extends SecretRules {
  readonly rotation: IConstruct & { readonly secret: ISecret; readonly schedule: CfnRotationSchedule };
  readonly identity: string;
}

interface Tree {
  readonly rotations: CheckedRotation[];
}

const trees = new WeakMap<IConstruct, Tree>();

/**
 * Has the whole stage checked at synthesis, when nothing is added to it any more. One validation walks the tree for
 * all of its rotations: one each would make synthesis slower with the square of their number.
 */
export function checkTreeOf(rotation: CheckedRotation['rotation'], { alternates, insteadOfUsername }: SecretRules): void {
  const checked = { rotation, alternates, insteadOfUsername, identity: secretIdentity(rotation, rotation.secret.secretArn) };
  const root = Stage.of(rotation) ?? rotation.node.root;
  const tree = trees.get(root) ?? { rotations: [] };
  tree.rotations.push(checked);
  if (trees.has(root)) return;
  trees.set(root, tree);
  rotation.node.addValidation({ validate: () => findings(root, tree.rotations) });
}

function findings(root: IConstruct, rotations: readonly CheckedRotation[]): string[] {
  const byIdentity = new Map(rotations.map((checked) => [checked.identity, checked]));
  const alternating = rotations.filter(({ alternates }) => alternates);
  const ours = new Set<IConstruct>(rotations.map(({ rotation }) => rotation));
  return root.node.findAll().filter((node) => CfnResource.isCfnResource(node)).flatMap((resource) => [
    ...secondRotation(resource, byIdentity),
    ...proxy(resource, byIdentity),
    ...(resource.node.scopes.some((scope) => ours.has(scope)) ? [] : usernameReferences(resource, alternating)),
  ]);
}

function secondRotation(resource: CfnResource, rotations: ReadonlyMap<string, CheckedRotation>): string[] {
  if (!(resource instanceof CfnRotationSchedule)) return [];
  const checked = rotations.get(secretIdentity(resource, resource.secretId));
  if (!checked || checked.rotation.schedule === resource) return [];
  return [finding(checked, `the secret has a second rotation, ${resource.node.path}; a secret has one rotation schedule: remove one of the two`)];
}

/** A proxy signs in as the one user that each registered secret names. */
function proxy(resource: CfnResource, rotations: ReadonlyMap<string, CheckedRotation>): string[] {
  if (!(resource instanceof CfnDBProxy)) return [];
  const auth = JSON.stringify(resolveReferences(resource, resource.auth) ?? []);
  return [...rotations.values()].filter(({ identity }) => auth.includes(identity)).flatMap((checked) => {
    if (checked.alternates) {
      return [finding(checked, `the RDS Proxy ${resource.node.path} registers the secret, whose user changes at each rotation; use SuperuserRotation for a user that signs in through the proxy`)];
    }
    Annotations.of(checked.rotation).addWarningV2(
      warningId('proxy-registers-secret'),
      `the RDS Proxy ${resource.node.path} registers the secret: after a rotation its new connections fail until it has read the secret again`,
    );
    return [];
  });
}

/** A template's dynamic reference is read at each deployment: after a flip it gives the other name, and a changed MasterUsername replaces the database. */
function usernameReferences(resource: CfnResource, rotations: readonly CheckedRotation[]): string[] {
  if (rotations.length === 0) return [];
  const template = JSON.stringify(resolveReferences(resource, templateOf(resource)));
  if (!template.includes(':SecretString:username:')) return [];
  return rotations.filter(({ identity }) => template.includes(`{{resolve:secretsmanager:${identity}:SecretString:username:`)).map((checked) =>
    finding(checked, `${resource.node.path} takes username from the secret by a dynamic reference, and it changes at each rotation; ${checked.insteadOfUsername ?? 'write the name itself, or use SuperuserRotation'}`));
}

/** Synthesis itself calls this method, which jsii hides for its return type. */
function templateOf(resource: CfnResource): object {
  return (resource as unknown as { _toCloudFormation(): object })._toCloudFormation();
}

function finding({ rotation }: CheckedRotation, message: string): string {
  return `${rotation.node.path}: ${message}`;
}
