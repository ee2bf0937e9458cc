import {
  CreateSecretCommand, DescribeSecretCommand, GetRandomPasswordCommand, GetSecretValueCommand, ListSecretsCommand,
  PutSecretValueCommand, RotateSecretCommand, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses, token } from './harness';
import { evaluate, PolicyDocument } from '../../../rehearsal/iam';
import { AuthorizationRequest } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:rotation';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234';

/** A service that refuses one action, and what it was asked. */
async function refusing(refused: string | undefined, service?: AuthorizationRequest['service']): Promise<Harness & { readonly asked: AuthorizationRequest[] }> {
  const asked: AuthorizationRequest[] = [];
  const started = await harness({
    invokeFunction: async () => undefined,
    rotationAttempts: 1,
    authorize: (request) => {
      asked.push(request);
      return { allowed: request.action !== refused || request.service !== service, reason: 'no identity-based policy allows it' };
    },
  });
  return { ...started, asked };
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
describe('Authorization', () => {
  test('is asked with caller, action, ARN and the condition keys of the request and the secret', async () => {
    const { service, client, asked } = await refusing(undefined);
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one', tags: { team: 'a' } });
    service.enableRotation(arn, { functionArn: FUNCTION });
    await client.send(new GetSecretValueCommand({ SecretId: 'app', VersionStage: 'AWSCURRENT', VersionId: versionId }));
    expect(asked).toEqual([{
      accessKeyId: 'AKIATEST',
      action: 'secretsmanager:GetSecretValue',
      resource: arn,
      secretArn: arn,
      context: {
        'secretsmanager:SecretId': 'app',
        'secretsmanager:VersionStage': 'AWSCURRENT',
        'secretsmanager:VersionId': versionId,
        'aws:ResourceTag/team': 'a',
        'secretsmanager:ResourceTag/team': 'a',
        'secretsmanager:resource/AllowRotationLambdaArn': FUNCTION,
      },
    }]);
  });

  // aws/aws-cli#5031: a policy on VersionStage does not match a request that leaves the stage out
  test('sees no stage in a request that names none', async () => {
    const { service, client, asked } = await refusing(undefined);
    service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new GetSecretValueCommand({ SecretId: 'app' }));
    expect(asked[0]?.context).toEqual({ 'secretsmanager:SecretId': 'app' });
  });

  test('is asked for * where an action has no resource, and for a pattern where the secret does not exist', async () => {
    const { client, asked } = await refusing(undefined);
    await client.send(new ListSecretsCommand({}));
    await client.send(new GetRandomPasswordCommand({}));
    await client.send(new CreateSecretCommand({ Name: 'new', SecretString: 'one' }));
    await client.send(new DescribeSecretCommand({ SecretId: 'nosuch' })).catch(() => undefined);
    await client.send(new DescribeSecretCommand({ SecretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:x-abcdef' })).catch(() => undefined);
    expect(asked.map(({ resource }) => resource)).toEqual([
      '*', '*', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:new-??????', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:nosuch-??????',
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:x-abcdef',
    ]);
  });

  test('refuses before anything happens, with action, resource and reason', async () => {
    const { service, client } = await refusing('secretsmanager:PutSecretValue');
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message: `User: AKIATEST is not authorized to perform: secretsmanager:PutSecretValue on resource: ${arn} because no identity-based policy allows it`,
    });
    expect(service.snapshot(arn).versions).toHaveLength(1);
    expect(service.calls).toMatchObject([{ outcome: 'AccessDeniedException', effective: false }]);
  });

  test('refuses without telling whether the secret exists', async () => {
    const { client } = await refusing('secretsmanager:GetSecretValue');
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'nosuch' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('is asked for condition keys of label moves and rotations', async () => {
    const { service, client, asked } = await refusing(undefined);
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'MINE', MoveToVersionId: versionId }));
    await client.send(new RotateSecretCommand({ SecretId: arn, RotationLambdaARN: FUNCTION, RotateImmediately: false }));
    expect(asked[0]?.context).toMatchObject({ 'secretsmanager:VersionStage': 'MINE' });
    expect(asked[1]?.context).toMatchObject({ 'secretsmanager:RotationLambdaARN': FUNCTION, 'secretsmanager:RotateImmediately': 'false' });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
describe('A customer-managed key', () => {
  const context = (arn: string, versionId: string): AuthorizationRequest['context'] => ({
    'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
    'kms:CallerAccount': '111122223333',
    'kms:EncryptionContext:SecretARN': arn,
    'kms:EncryptionContext:SecretVersionId': versionId,
    'kms:EncryptionContextKeys': ['SecretARN', 'SecretVersionId'],
  });

  test('must be allowed to the caller: Decrypt to read, GenerateDataKey to write', async () => {
    const { service, client, asked } = await refusing(undefined);
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one', kmsKeyId: KEY });
    await client.send(new GetSecretValueCommand({ SecretId: arn }));
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') }));
    await client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(asked.filter(({ action }) => action.startsWith('kms:'))).toEqual([
      { accessKeyId: 'AKIATEST', action: 'kms:Decrypt', resource: KEY, secretArn: arn, context: context(arn, versionId) },
      { accessKeyId: 'AKIATEST', action: 'kms:GenerateDataKey', resource: KEY, secretArn: arn, context: context(arn, token('two')) },
    ]);
  });

  test.each([['1234', KEY], ['alias/ours', 'arn:aws:kms:us-east-1:111122223333:alias/ours']])('is asked for by ARN: %s', async (kmsKeyId, resource) => {
    const { service, client, asked } = await refusing(undefined);
    service.createSecret({ name: 'app', secretString: 'one', kmsKeyId });
    await client.send(new GetSecretValueCommand({ SecretId: 'app' }));
    expect(asked[1]?.resource).toBe(resource);
  });

  test('that is refused lets nothing be read, stored or created', async () => {
    const denied = { name: 'AccessDeniedException', message: 'Access to KMS is not allowed' };
    const reading = await refusing('kms:Decrypt');
    reading.service.createSecret({ name: 'app', secretString: 'one', kmsKeyId: KEY });
    await expect(reading.client.send(new GetSecretValueCommand({ SecretId: 'app' }))).rejects.toMatchObject(denied);
    const writing = await refusing('kms:GenerateDataKey');
    writing.service.createSecret({ name: 'app', secretString: 'one', kmsKeyId: KEY });
    await expect(writing.client.send(new PutSecretValueCommand({ SecretId: 'app', SecretString: 'two' }))).rejects.toMatchObject(denied);
    expect(writing.service.snapshot('app').versions).toHaveLength(1);
    await expect(writing.client.send(new CreateSecretCommand({ Name: 'new', SecretString: 'one', KmsKeyId: KEY }))).rejects.toMatchObject(denied);
    expect((await writing.client.send(new ListSecretsCommand({}))).SecretList).toHaveLength(1);
  });

  test('is not asked for when the secret uses aws/secretsmanager', async () => {
    const { service, client } = await refusing('kms:Decrypt');
    service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'app' }))).resolves.toMatchObject({ SecretString: 'one' });
  });
});

describe('RotateSecret', () => {
  // "You also need lambda:InvokeFunction permissions on the rotation function": API reference of RotateSecret
  test('refuses a caller that may not invoke the function', async () => {
    const { service, client } = await refusing('lambda:InvokeFunction');
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new RotateSecretCommand({ SecretId: arn, RotationLambdaARN: FUNCTION }))).rejects.toMatchObject({
      name: 'AccessDeniedException', message: expect.stringContaining(`lambda:InvokeFunction on resource: ${FUNCTION}`),
    });
    expect(service.snapshot(arn)).toMatchObject({ rotationEnabled: undefined, labels: { AWSCURRENT: versionId } });
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html, "access denied"
  test('refuses a function that does not let Secrets Manager in', async () => {
    const { service, client, asked } = await refusing('lambda:InvokeFunction', 'secretsmanager.amazonaws.com');
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new RotateSecretCommand({ SecretId: arn, RotationLambdaARN: FUNCTION }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    });
    expect(asked.at(-1)).toEqual({
      service: 'secretsmanager.amazonaws.com',
      action: 'lambda:InvokeFunction',
      resource: FUNCTION,
      secretArn: arn,
      context: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': arn },
    });
  });
});

test('Real policies decide when the evaluator is put behind it', async () => {
  const policy: PolicyDocument = {
    Statement: {
      Effect: 'Allow',
      Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      Resource: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-??????',
    },
  };
  const principal = 'arn:aws:iam::111122223333:role/rotation';
  const { service, client } = await harness({
    authorize: ({ action, resource, context }) => evaluate({ principal, action, resource, context }, { identity: [policy] }),
  });
  service.createSecret({ name: 'app', secretString: 'one' });
  service.createSecret({ name: 'other', secretString: 'one' });
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'app' }))).resolves.toMatchObject({ SecretString: 'one' });
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(client.send(new PutSecretValueCommand({ SecretId: 'app', SecretString: 'two' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
