import type { PolicyDocument, Statement } from '../iam';
import { attachedPolicies } from './attached-policies';
import { arnOf } from './attributes';
import { MANAGED_POLICIES } from './managed-policies';
import { NO_VALUE } from './no-value';
import type { Resolver } from './resolver';
import { asList, constructPathOf, isRecord, Resource, Stack } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';

const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];

/** What a role may do by its own policies. */
export interface RolePolicies {
  readonly arn: string;
  /** Of the role. */
  readonly constructPath: string;
  readonly identity: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
  /** Policies and parts of policies that the assembly does not hold: they allow nothing, and may deny. */
  readonly unknown: readonly string[];
}

/** The policies that stacks of the assembly give a role: inline, attached and standing alone. */
export function findRolePolicies(resolver: Resolver, roleArn: string): RolePolicies {
  const role = resolver.resourcesOf('AWS::IAM::Role').find(candidate => ifResolvable(() => arnOf(resolver, candidate)) === roleArn);
  if (role === undefined) throw new Unresolvable(`the role ${roleArn} of its function is imported: its policies are not in the assembly`);
  const unknown: string[] = [];
  const read = (document: unknown, stack: Stack): PolicyDocument => readPolicy(resolver, document, stack, unknown);
  const name = resolver.string({ Ref: role.logicalId }, role.stack);
  const attached = asList(resolver.property(role, 'ManagedPolicyArns')).map(arn => findManagedPolicy(resolver, String(arn), read) ?? unknownPolicy(String(arn)));
  const boundaryArn = resolver.optionalString(role, 'PermissionsBoundary');
  return {
    arn: roleArn,
    constructPath: constructPathOf(role),
    identity: [
      ...asList(keepUnresolvable(resolver, role.properties.Policies, role.stack, unknown)).map(policyOf),
      ...attached,
      ...policiesThatName(resolver, name, read),
    ],
    boundary: boundaryArn === undefined ? undefined : findManagedPolicy(resolver, boundaryArn, read) ?? { Statement: [] },
    unknown: [...unknown, ...missing(resolver, role, boundaryArn)],
  };
}

/** The policies of a resource that others attach to it: of a secret, a key, … */
export function readPolicy(resolver: Resolver, document: unknown, stack: Stack, unknown: string[]): PolicyDocument {
  return documentOf(keepUnresolvable(resolver, document, stack, unknown));
}

/** An inline policy, or the intrinsic that stands for it and could not be worked out. */
function policyOf(policy: unknown): PolicyDocument {
  return documentOf(isRecord(policy) && 'PolicyName' in policy ? policy.PolicyDocument : policy);
}

/** What is no statement, such as an intrinsic in place of the whole document, stays as one that denies: nobody knows what it says. */
function documentOf(read: unknown): PolicyDocument {
  const statements = asList(isRecord(read) && 'Statement' in read ? read.Statement : read);
  return { Statement: statements.map((statement): Statement => isRecord(statement) ? statement : {}) };
}

function policiesThatName(resolver: Resolver, roleName: string, read: (document: unknown, stack: Stack) => PolicyDocument): PolicyDocument[] {
  const namesRole = ({ type, properties, stack }: Resource): boolean => {
    const roles = type === 'AWS::IAM::RolePolicy' ? properties.RoleName : properties.Roles;
    return asList(resolver.resolve(roles, stack)).includes(roleName);
  };
  return attachedPolicies(resolver, POLICIES, namesRole, ({ properties, stack }) => read(properties.PolicyDocument, stack));
}

function findManagedPolicy(resolver: Resolver, arn: string, read: (document: unknown, stack: Stack) => PolicyDocument): PolicyDocument | undefined {
  const own = resolver.resourcesOf('AWS::IAM::ManagedPolicy').find(({ stack, logicalId }) => ifResolvable(() => resolver.string({ Ref: logicalId }, stack)) === arn);
  return own === undefined ? MANAGED_POLICIES[nameOfManaged(arn)] : read(own.properties.PolicyDocument, own.stack);
}

/** A policy of AWS's own grants; one of the account's may deny, too. */
function unknownPolicy(arn: string): PolicyDocument {
  if (arn !== nameOfManaged(arn)) return { Statement: [] };
  return { Statement: { Effect: 'Deny', Action: '*', Resource: '*' }, doubt: notInAssembly(arn) };
}

function missing(resolver: Resolver, role: Resource, boundaryArn: string | undefined): string[] {
  const arns = [...asList(resolver.property(role, 'ManagedPolicyArns')).map(String), ...boundaryArn === undefined ? [] : [boundaryArn]];
  return arns.filter(arn => findManagedPolicy(resolver, arn, () => ({ Statement: [] })) === undefined)
    .map(notInAssembly);
}

function notInAssembly(arn: string): string {
  return `the policy ${arn} is not in the assembly`;
}

function nameOfManaged(arn: string): string {
  return arn.replace(/^arn:[^:]+:iam::aws:policy\//, '');
}

/** Policies are evaluated part by part: what cannot be resolved stays an object, which the evaluator names and does not allow. */
function keepUnresolvable(resolver: Resolver, value: unknown, stack: Stack, unknown: string[]): unknown {
  if (Array.isArray(value)) return value.map(item => keepUnresolvable(resolver, item, stack, unknown)).filter(item => item !== NO_VALUE);
  if (!isRecord(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return resolveOrKeep(resolver, value, stack, unknown);
  const members = Object.entries(value).map(([key, member]) => [key, keepUnresolvable(resolver, member, stack, unknown)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
}

function resolveOrKeep(resolver: Resolver, value: unknown, stack: Stack, unknown: string[]): unknown {
  try {
    return resolver.resolve(value, stack);
  } catch (error: unknown) {
    if (!(error instanceof Unresolvable)) throw error;
    unknown.push(error.message);
    return value;
  }
}
