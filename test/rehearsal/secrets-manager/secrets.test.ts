import {
  CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand, ListSecretVersionIdsCommand,
  PutSecretValueCommand, RestoreSecretCommand, RotateSecretCommand, TagResourceCommand, UntagResourceCommand, UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

const DELETED = { name: 'InvalidRequestException', message: "You can't perform this operation on the secret because it was marked for deletion." };
const NOT_FOUND = { name: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." };

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
describe('CreateSecret', () => {
  test('makes an ARN of the name, a hyphen and six random characters, and a first version with AWSCURRENT', async () => {
    const { service, client } = await harness({ partition: 'aws-cn', region: 'cn-north-1', account: '444455556666' });
    const { ARN, Name, VersionId } = await client.send(new CreateSecretCommand({ Name: 'team/app', SecretString: 'one', ClientRequestToken: token('one') }));
    expect(ARN).toMatch(/^arn:aws-cn:secretsmanager:cn-north-1:444455556666:secret:team\/app-[A-Za-z0-9]{6}$/);
    expect({ Name, VersionId }).toEqual({ Name: 'team/app', VersionId: token('one') });
    expect(service.snapshot('team/app')).toMatchObject({ labels: { AWSCURRENT: token('one') }, versions: [{ labels: ['AWSCURRENT'], hasValue: true }] });
  });

  // recorded against AWS by localstack/localstack, `test_create_secret_version_from_empty_secret`
  test('makes no version without a value, and the first value put becomes AWSCURRENT', async () => {
    const { client } = await harness();
    const created = await client.send(new CreateSecretCommand({ Name: 'app' }));
    expect(created.VersionId).toBeUndefined();
    expect((await client.send(new DescribeSecretCommand({ SecretId: 'app' }))).VersionIdsToStages).toBeUndefined();
    const put = await client.send(new PutSecretValueCommand({ SecretId: 'app', SecretString: 'one', VersionStages: ['AWSPENDING'] }));
    expect(put.VersionStages).toContain('AWSCURRENT');
  });

  // recorded against AWS by localstack/localstack, `test_secret_exists_snapshots`, and getmoto/moto#9741
  test('refuses a name that exists, unless token and value are the same', async () => {
    const { client } = await harness();
    const input = { Name: 'app', SecretString: 'one', ClientRequestToken: token('one') };
    const first = await client.send(new CreateSecretCommand(input));
    expect(await client.send(new CreateSecretCommand(input))).toMatchObject({ ARN: first.ARN, VersionId: token('one') });
    const exists = { name: 'ResourceExistsException', message: 'The operation failed because the secret app already exists.' };
    await expect(client.send(new CreateSecretCommand({ ...input, SecretString: 'two' }))).rejects.toMatchObject(exists);
    await expect(client.send(new CreateSecretCommand({ ...input, ClientRequestToken: token('two') }))).rejects.toMatchObject(exists);
  });

  test.each([['bad name'], ['näme'], ['a'.repeat(513)], ['semi;colon']])('refuses the name %s', async (Name) => {
    const { client } = await harness();
    await expect(client.send(new CreateSecretCommand({ Name, SecretString: 'one' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuses a value that is both string and binary', async () => {
    const { client } = await harness();
    await expect(client.send(new CreateSecretCommand({ Name: 'app', SecretString: 'one', SecretBinary: Buffer.from('one') }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
describe('A secret is found', () => {
  test('by name, by ARN, and by an ARN without the random characters', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    for (const SecretId of ['app', arn, arn.slice(0, -7)]) {
      expect((await client.send(new DescribeSecretCommand({ SecretId }))).ARN).toBe(arn);
    }
  });

  test('not by a partial ARN whose name ends in a hyphen and six characters, which passes for a complete one', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app-abcdef', secretString: 'one' });
    await expect(client.send(new DescribeSecretCommand({ SecretId: arn.slice(0, -7) }))).rejects.toMatchObject(NOT_FOUND);
    expect((await client.send(new DescribeSecretCommand({ SecretId: arn }))).ARN).toBe(arn);
  });

  test.each([['other'], ['ap'], ['app-'], ['arn:aws:secretsmanager:us-east-1:111122223333:secret:app-zzzzzz'], ['arn:aws:secretsmanager:us-west-2:111122223333:secret:app']])('not by %s', async (SecretId) => {
    const { service, client } = await harness();
    service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject(NOT_FOUND);
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
describe('DescribeSecret', () => {
  test('answers only what has a value', async () => {
    const created = new Date('2026-01-02T03:04:05Z');
    const { service, client } = await harness({ now: () => created });
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    const { $metadata, ...answer } = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ ARN: arn, Name: 'app', CreatedDate: created, LastChangedDate: created, VersionIdsToStages: { [versionId]: ['AWSCURRENT'] } });
  });

  test('answers description, key, tags, rotation and the day of the last access', async () => {
    const { service, client } = await harness({ now: () => new Date('2026-01-02T03:04:05Z') });
    const { arn } = service.createSecret({ name: 'app', secretString: 'one', description: 'ours', kmsKeyId: 'alias/ours', tags: { team: 'a' } });
    service.enableRotation(arn, { functionArn: 'arn:function', rules: { scheduleExpression: 'rate(10 days)', duration: '2h' } });
    await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(await client.send(new DescribeSecretCommand({ SecretId: arn }))).toMatchObject({
      Description: 'ours',
      KmsKeyId: 'alias/ours',
      Tags: [{ Key: 'team', Value: 'a' }],
      LastAccessedDate: new Date('2026-01-02T00:00:00Z'),
      RotationEnabled: true,
      RotationLambdaARN: 'arn:function',
      RotationRules: { ScheduleExpression: 'rate(10 days)', Duration: '2h' },
      NextRotationDate: new Date('2026-01-12T03:04:05Z'),
    });
  });

  test('counts the next rotation from a manual change of the value', async () => {
    const now = { date: new Date('2026-01-01T00:00:00Z') };
    const { service, client } = await harness({ now: () => now.date });
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    service.enableRotation(arn, { functionArn: 'arn:function', rules: { automaticallyAfterDays: 30 } });
    now.date = new Date('2026-01-10T00:00:00Z');
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two' }));
    expect((await client.send(new DescribeSecretCommand({ SecretId: arn }))).NextRotationDate).toEqual(new Date('2026-02-09T00:00:00Z'));
  });

  test('lists only versions with labels', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') }));
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'three', ClientRequestToken: token('three') }));
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(VersionIdsToStages).toEqual({ [token('two')]: ['AWSPREVIOUS'], [token('three')]: ['AWSCURRENT'] });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
describe('ListSecretVersionIds', () => {
  test('lists versions with labels, with the default key\'s name as recorded by localstack/localstack', async () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const { service, client } = await harness({ now: () => at });
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: arn }));
    expect(Versions).toEqual([{ VersionId: versionId, VersionStages: ['AWSCURRENT'], CreatedDate: at, KmsKeyIds: ['DefaultEncryptionKey'] }]);
  });

  test('lists deprecated versions when asked to, page by page', async () => {
    const { service, client } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one', kmsKeyId: 'key' });
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') }));
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'three', ClientRequestToken: token('three') }));
    const first = await client.send(new ListSecretVersionIdsCommand({ SecretId: arn, IncludeDeprecated: true, MaxResults: 2 }));
    expect(first.Versions).toMatchObject([{ VersionId: versionId, KmsKeyIds: ['key'] }, { VersionId: token('two'), VersionStages: ['AWSPREVIOUS'] }]);
    expect(first.Versions?.[0]?.VersionStages).toBeUndefined();
    const next = { SecretId: arn, IncludeDeprecated: true, MaxResults: 2, NextToken: first.NextToken };
    const rest = await client.send(new ListSecretVersionIdsCommand(next));
    expect(rest).toMatchObject({ Versions: [{ VersionId: token('three') }] });
    expect(rest.NextToken).toBeUndefined();
    await expect(client.send(new ListSecretVersionIdsCommand({ SecretId: arn, NextToken: 'xx' }))).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });
});

describe('A secret scheduled for deletion', () => {
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
  test('is described with its date, 30 days ahead unless told otherwise, and listed only on request', async () => {
    const { service, client } = await harness({ now: () => new Date('2026-01-01T00:00:00Z') });
    const [{ arn }, other] = [service.createSecret({ name: 'app', secretString: 'one' }), service.createSecret({ name: 'other', secretString: 'one' })];
    expect((await client.send(new DeleteSecretCommand({ SecretId: arn }))).DeletionDate).toEqual(new Date('2026-01-31T00:00:00Z'));
    expect((await client.send(new DeleteSecretCommand({ SecretId: other.arn, RecoveryWindowInDays: 7 }))).DeletionDate).toEqual(new Date('2026-01-08T00:00:00Z'));
    expect((await client.send(new DescribeSecretCommand({ SecretId: arn }))).DeletedDate).toEqual(new Date('2026-01-31T00:00:00Z'));
    expect((await client.send(new ListSecretVersionIdsCommand({ SecretId: arn }))).Versions).toHaveLength(1);
    expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
    expect((await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toHaveLength(2);
  });

  test('refuses every use until it is restored', async () => {
    const { service, client } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new DeleteSecretCommand({ SecretId: arn }));
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two' }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new UpdateSecretCommand({ SecretId: arn, SecretString: 'two' }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'X', MoveToVersionId: versionId }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new RotateSecretCommand({ SecretId: arn, RotationLambdaARN: 'arn:function' }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new TagResourceCommand({ SecretId: arn, Tags: [] }))).rejects.toMatchObject(DELETED);
    await expect(client.send(new DeleteSecretCommand({ SecretId: arn }))).rejects.toMatchObject(DELETED);
    await client.send(new RestoreSecretCommand({ SecretId: arn }));
    expect((await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString).toBe('one');
  });

  // recorded against AWS by localstack/localstack, `test_exp_raised_on_creation_of_secret_scheduled_for_deletion` and `test_can_recreate_delete_secret`
  test('keeps its name, unless it is deleted without recovery', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new DeleteSecretCommand({ SecretId: arn }));
    await expect(client.send(new CreateSecretCommand({ Name: 'app', SecretString: 'two' }))).rejects.toMatchObject({
      name: 'InvalidRequestException', message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    await client.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    expect((await client.send(new CreateSecretCommand({ Name: 'app', SecretString: 'two' }))).ARN).not.toBe(arn);
  });

  test('may be deleted without recovery even if it does not exist', async () => {
    const { client } = await harness();
    await expect(client.send(new DeleteSecretCommand({ SecretId: 'nosuch', ForceDeleteWithoutRecovery: true }))).resolves.toMatchObject({ Name: 'nosuch' });
    await expect(client.send(new DeleteSecretCommand({ SecretId: 'nosuch' }))).rejects.toMatchObject(NOT_FOUND);
  });

  test.each([[{ RecoveryWindowInDays: 6 }], [{ RecoveryWindowInDays: 31 }], [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }]])('refuses %j', async (window) => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new DeleteSecretCommand({ SecretId: arn, ...window }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
test('TagResource adds and replaces tags, UntagResource removes them', async () => {
  const { service, client } = await harness();
  const { arn } = service.createSecret({ name: 'app', secretString: 'one', tags: { team: 'a', stage: 'test' } });
  await client.send(new TagResourceCommand({ SecretId: arn, Tags: [{ Key: 'team', Value: 'b' }, { Key: 'cost', Value: '1' }] }));
  await client.send(new UntagResourceCommand({ SecretId: arn, TagKeys: ['stage'] }));
  expect((await client.send(new DescribeSecretCommand({ SecretId: arn }))).Tags).toEqual([{ Key: 'team', Value: 'b' }, { Key: 'cost', Value: '1' }]);
});
