import { accessDenied } from './errors';
import { Input } from './input';
import { Settings } from './options';
import { Secret } from './secret';

/** Members of a request that are condition keys, too: "Actions, resources, and condition keys for AWS Secrets Manager". */
const CONDITION_KEYS: Readonly<Record<string, readonly string[]>> = {
  CreateSecret: ['Name', 'Description', 'KmsKeyId'],
  DeleteSecret: ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
  GetSecretValue: ['SecretId', 'VersionId', 'VersionStage'],
  RotateSecret: ['SecretId', 'RotationLambdaARN', 'RotateImmediately'],
  UpdateSecret: ['SecretId', 'Description', 'KmsKeyId'],
  UpdateSecretVersionStage: ['SecretId', 'VersionStage'],
};

/** Asks whether calls are allowed, and refuses those that are not. */
export class Authorizer {
  constructor(private readonly settings: Settings) {}

  call(accessKeyId: string, operation: string, input: Input, resource: string, secret?: Secret): void {
    const action = `secretsmanager:${operation}`;
    const context = { ...requestKeys(operation, input), ...resourceKeys(secret) };
    const decision = this.settings.authorize({ accessKeyId, action, resource, secretArn: secret?.arn, context });
    if (!decision.allowed) {
      throw accessDenied(`User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`);
    }
  }

  /** The key is used on the caller's behalf: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
  key(accessKeyId: string, action: 'kms:Decrypt' | 'kms:GenerateDataKey', secret: Secret, versionId: string): void {
    if (secret.kmsKeyId === undefined) {
      return;
    }
    const { region, account } = this.settings;
    const context = {
      'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
      'kms:CallerAccount': account,
      'kms:EncryptionContext:SecretARN': secret.arn,
      'kms:EncryptionContext:SecretVersionId': versionId,
      'kms:EncryptionContextKeys': ['SecretARN', 'SecretVersionId'],
    };
    if (!this.settings.authorize({ accessKeyId, action, resource: this.keyArn(secret.kmsKeyId), secretArn: secret.arn, context }).allowed) {
      throw accessDenied('Access to KMS is not allowed');
    }
  }

  /** "You also need lambda:InvokeFunction permissions on the rotation function": API reference of RotateSecret. */
  invokeByCaller(accessKeyId: string, functionArn: string, secret: Secret): void {
    const action = 'lambda:InvokeFunction';
    const decision = this.settings.authorize({ accessKeyId, action, resource: functionArn, secretArn: secret.arn, context: {} });
    if (!decision.allowed) {
      throw accessDenied(`User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${functionArn} because ${decision.reason}`);
    }
  }

  /** The function's policy must let the service in: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html */
  invokeByService(functionArn: string, secret: Secret): void {
    const service = 'secretsmanager.amazonaws.com';
    const context = { 'aws:SourceAccount': this.settings.account, 'aws:SourceArn': secret.arn };
    if (!this.settings.authorize({ service, action: 'lambda:InvokeFunction', resource: functionArn, secretArn: secret.arn, context }).allowed) {
      throw accessDenied('Secrets Manager cannot invoke the specified Lambda function. '
        + `Ensure that the function policy grants access to the principal ${service}.`);
    }
  }

  private keyArn(keyId: string): string {
    const { partition, region, account } = this.settings;
    if (keyId.startsWith('arn:')) {
      return keyId;
    }
    return `arn:${partition}:kms:${region}:${account}:${keyId.startsWith('alias/') ? keyId : `key/${keyId}`}`;
  }
}

/** A key is present only if the request has the member: a GetSecretValue that names no stage has no secretsmanager:VersionStage (aws-cli#5031). */
function requestKeys(operation: string, input: Input): Record<string, string> {
  const names = CONDITION_KEYS[operation] ?? ['SecretId'];
  return Object.fromEntries(names.flatMap((name) => {
    const value = input.scalar(name);
    return value === undefined ? [] : [[`secretsmanager:${name}`, String(value)]];
  }));
}

function resourceKeys(secret: Secret | undefined): Record<string, string> {
  const tags = [...secret?.tags ?? []].flatMap(([key, value]) => [[`aws:ResourceTag/${key}`, value], [`secretsmanager:ResourceTag/${key}`, value]]);
  const functionArn = secret?.rotationFunctionArn;
  return { ...Object.fromEntries(tags), ...(functionArn === undefined ? {} : { 'secretsmanager:resource/AllowRotationLambdaArn': functionArn }) };
}
