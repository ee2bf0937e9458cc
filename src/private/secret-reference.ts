import { DefaultTokenResolver, IResolvable, IResolveContext, Reference, Stack, Token, TokenComparison, Tokenization } from 'aws-cdk-lib';
import { CfnSecretTargetAttachment, ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';

/** The ARN for policies: of a secret known by name or partial ARN, its six random characters are matched by `?`. */
export function secretArnPattern(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** Secrets Manager rotates a secret with a function of its own account and region only. */
export function refuseForeignSecret(scope: IConstruct, name: string, secret: ISecret): void {
  const stack = Stack.of(scope);
  for (const part of ['account', 'region'] as const) {
    if (Token.compareStrings(secret.env[part], stack[part]) === TokenComparison.DIFFERENT) {
      refuse(scope, `${name} is in ${part} ${secret.env[part]}, the rotation in ${stack[part]}; define the rotation in a stack of the secret's ${part}`);
    }
  }
}

/**
 * What a secret's ARN or id stands for, as text that is equal for the same secret: `Ref` of an attachment and `Ref` of
 * the attached secret are the same secret.
 */
export function secretIdentity(scope: IConstruct, secretId: unknown): string {
  return text(resolveReferences(scope, secretId));
}

export function isSameSecret(scope: IConstruct, one: ISecret, other: ISecret): boolean {
  return secretIdentity(scope, one.secretArn) === secretIdentity(scope, other.secretArn);
}

/** Whether RDS made the secret: `manageMasterUserPassword` exposes it as an attribute of the database. */
export function isManagedByRds(scope: IConstruct, secret: ISecret): boolean {
  return secretIdentity(scope, secret.secretArn).includes('MasterUserSecret.SecretArn');
}

/** Resolves tokens, with the path of the construct that each reference leads to in place of a logical id. */
export function resolveReferences(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new ReferenceResolver(CONCAT), preparing: false });
}

const CONCAT: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join: (left: unknown, right: unknown) => [left, right].filter((part) => part !== undefined).map(text).join(''),
};

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return isMark(value) ? value.Ref : JSON.stringify(value);
}

/** In the form of an intrinsic function, which CDK accepts for a property of any type. */
interface Mark {
  readonly Ref: string;
}

function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'Ref' in value;
}

class ReferenceResolver extends DefaultTokenResolver {
  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: Parameters<DefaultTokenResolver['resolveToken']>[2]): unknown {
    if (!Reference.isReference(token)) return super.resolveToken(token, context, postProcessor);
    if (token.target instanceof CfnSecretTargetAttachment) return resolveReferences(token.target, token.target.secretId);
    const mark: Mark = { Ref: `{${token.target.node.path}.${token.displayName}}` };
    return mark;
  }
}
