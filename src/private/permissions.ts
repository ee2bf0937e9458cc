import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { secretArnPattern } from './secret-reference';

/**
 * What the function may do with the secret that it rotates. `GetRandomPassword` is not among it: passwords are drawn in
 * the function.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
 */
export function secretStatement(secret: ISecret): PolicyStatement {
  return new PolicyStatement({
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    resources: [secretArnPattern(secret)],
  });
}

export function superuserSecretStatement(secret: ISecret): PolicyStatement {
  return new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArnPattern(secret)] });
}

export function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] });
}

/**
 * What Lambda does in the function's name to attach it to a VPC. These actions have no resource level that is known
 * beforehand.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function networkInterfaceStatement(): PolicyStatement {
  return new PolicyStatement({
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}

/** What Secrets Manager does with a customer managed key in the function's name. */
export enum KeyUse {
  READ = 'Read',
  READ_AND_WRITE = 'ReadAndWrite',
}

/**
 * The use of the secret's key, through Secrets Manager and for this secret only, as a statement of the function's role:
 * the key's policy belongs to its owner, and a grant of the key itself would change it.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function keyStatement(scope: Construct, secret: ISecret, use: KeyUse): PolicyStatement | undefined {
  if (!secret.encryptionKey) return undefined;
  return new PolicyStatement({
    actions: use === KeyUse.READ ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [secret.encryptionKey.keyArn],
    conditions: keyConditions(scope, secret),
  });
}

export function keyConditions(scope: Construct, secret: ISecret): Record<string, Record<string, string>> {
  const viaService = viaSecretsManager(scope);
  const context = { 'kms:EncryptionContext:SecretARN': secretArnPattern(secret) };
  return secret.secretFullArn
    ? { StringEquals: { ...viaService, ...context } }
    : { StringEquals: viaService, StringLike: context };
}

export function viaSecretsManager(scope: Construct): Record<string, string> {
  return { 'kms:ViaService': `secretsmanager.${Stack.of(scope).region}.amazonaws.com` };
}
