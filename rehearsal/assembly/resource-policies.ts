import type { PolicyDocument, Statement } from '../iam';
import { attachedPolicies } from './attached-policies';
import { arnOf } from './attributes';
import { arn, globalArn } from './aws-environment';
import { readPolicy } from './policies';
import type { Resolver } from './resolver';
import { Resource, Stack } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';

/** `AWS::SecretsManager::ResourcePolicy` of a secret, also one that hangs on its attachment. */
export function policiesOfSecret(resolver: Resolver, secretArn: string, unknown: string[]): PolicyDocument[] {
  return attachedPolicies(
    resolver,
    ['AWS::SecretsManager::ResourcePolicy'],
    policy => resolver.optionalString(policy, 'SecretId') === secretArn,
    ({ properties, stack }) => readPolicy(resolver, properties.ResourcePolicy, stack, unknown),
  );
}

/** The policy of a key; without one of its own a key lets its account's policies decide. */
export function policiesOfKey(resolver: Resolver, keyArn: string, unknown: string[]): PolicyDocument[] {
  const key = resolver.resourcesOf('AWS::KMS::Key').find(resource => arnOf(resolver, resource) === keyArn);
  if (key === undefined) throw new Unresolvable(`the key ${keyArn} is imported: its policy is not in the assembly`);
  return key.properties.KeyPolicy === undefined ? [defaultKeyPolicy(key)] : [readPolicy(resolver, key.properties.KeyPolicy, key.stack, unknown)];
}

/** A secret may name its key by id, ARN or alias. */
export function keyArnOf(resolver: Resolver, kmsKeyId: string): string {
  const alias = resolver.resourcesOf('AWS::KMS::Alias').find(resource => kmsKeyId.endsWith(String(ifResolvable(() => resolver.optionalString(resource, 'AliasName')))));
  const id = alias === undefined ? kmsKeyId : resolver.string(alias.properties.TargetKeyId, alias.stack);
  const key = resolver.resourcesOf('AWS::KMS::Key').find((resource) => {
    const keyArn = String(arnOf(resolver, resource));
    return id === keyArn || keyArn.endsWith(`:key/${id}`);
  });
  if (key === undefined) throw new Unresolvable(`the key ${kmsKeyId} is imported: its policy is not in the assembly`);
  return String(arnOf(resolver, key));
}

/** The `AWS::Lambda::Permission`s of a function, version or alias, each as the statement that Lambda makes of it. */
export function permissionsOfFunction(resolver: Resolver, functionArn: string, unknown: string[]): PolicyDocument[] {
  return attachedPolicies(
    resolver,
    ['AWS::Lambda::Permission'],
    ({ properties, stack }) => withAccount(resolver.string(properties.FunctionName, stack), stack) === functionArn,
    permission => readPolicy(resolver, { Statement: [statementOf(permission, functionArn)] }, permission.stack, unknown),
  );
}

function withAccount(nameOrArn: string, stack: Stack): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arn(stack, 'lambda', `function:${nameOrArn}`);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function statementOf({ properties }: Resource, functionArn: string): Statement {
  const { Action, Principal, SourceAccount, SourceArn } = properties;
  const isService = typeof Principal === 'string' && Principal.includes('.');
  return {
    Effect: 'Allow',
    Action,
    Principal: isService ? { Service: Principal } : { AWS: Principal },
    Resource: functionArn,
    Condition: {
      ...SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } },
      ...SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } },
    },
  };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function defaultKeyPolicy({ stack }: Resource): PolicyDocument {
  return { Statement: { Effect: 'Allow', Principal: { AWS: globalArn(stack, 'iam', 'root') }, Action: 'kms:*', Resource: '*' } };
}
