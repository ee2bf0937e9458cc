import { PutSecretValueCommand, UpdateSecretCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

type Put = Partial<PutSecretValueCommand['input']>;

interface WithSecret extends Harness {
  readonly arn: string;
  readonly first: string;
  readonly put: (input: Put) => Promise<string[] | undefined>;
}

async function withSecret(options = {}): Promise<WithSecret> {
  const started = await harness(options);
  const { arn, versionId } = started.service.createSecret({ name: 'app', secretString: 'one' });
  const put = async (input: Put): Promise<string[] | undefined> =>
    (await started.client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two'), ...input }))).VersionStages;
  return { ...started, arn, first: versionId, put };
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
describe('PutSecretValue', () => {
  test('without stages moves AWSCURRENT to the new version, and AWSPREVIOUS to the one that it left', async () => {
    const { service, arn, first, put } = await withSecret();
    expect(await put({})).toEqual(['AWSCURRENT']);
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first });
  });

  test('answers the labels in alphabetical order, as recorded against AWS by localstack/localstack', async () => {
    const { put } = await withSecret();
    expect(await put({ VersionStages: ['two', 'one', 'AWSPENDING'] })).toEqual(['AWSPENDING', 'one', 'two']);
  });

  test('with stages leaves AWSCURRENT where it is, and moves the labels from other versions', async () => {
    const { service, arn, first, put } = await withSecret();
    await put({ VersionStages: ['AWSPENDING', 'RECOVERY'] });
    await put({ SecretString: 'three', ClientRequestToken: token('three'), VersionStages: ['AWSPENDING', 'RECOVERY'] });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first, AWSPENDING: token('three'), RECOVERY: token('three') });
  });

  test('with AWSCURRENT among the stages moves AWSPREVIOUS, too', async () => {
    const { service, arn, first, put } = await withSecret();
    await put({ VersionStages: ['AWSCURRENT', 'MINE'] });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first, MINE: token('two') });
  });

  test('takes AWSPENDING from a version that loses AWSCURRENT, as recorded in localstack/localstack `test_update_secret_version_stages_current_pending`', async () => {
    const { service, client, arn, first, put } = await withSecret({ pendingOnPromotion: 'keep' });
    await put({ VersionStages: ['AWSPENDING'] });
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'AWSCURRENT', MoveToVersionId: token('two'), RemoveFromVersionId: first }));
    await put({ SecretString: 'three', ClientRequestToken: token('three') });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('three'), AWSPREVIOUS: token('two') });
  });

  test('makes the token the version\'s id, and stores the value', async () => {
    const { service, arn, put } = await withSecret();
    await put({});
    expect(service.valueOf(arn, token('two'))).toEqual({ secretString: 'two' });
  });

  test('stores the value of a rotation in the version that was made for it', async () => {
    const { service, arn, first, put } = await withSecret();
    service.beginRotation(arn, token('two'));
    expect(service.snapshot(arn).versions[1]).toMatchObject({ versionId: token('two'), labels: ['AWSPENDING'], hasValue: false });
    await put({ VersionStages: ['AWSPENDING'] });
    expect(service.snapshot(arn)).toMatchObject({ labels: { AWSCURRENT: first, AWSPENDING: token('two') }, versions: [{}, { hasValue: true }] });
  });

  test('with the same token and value changes nothing', async () => {
    const { service, arn, put } = await withSecret();
    await put({ VersionStages: ['AWSPENDING'] });
    const before = service.snapshot(arn);
    expect(await put({ VersionStages: ['AWSPENDING'] })).toEqual(['AWSPENDING']);
    expect(await put({ VersionStages: undefined })).toEqual(['AWSPENDING']);
    expect(service.snapshot(arn)).toEqual(before);
  });

  // "the operation succeeds but does nothing" leaves open what happens to labels: both readings can be rehearsed
  test.each([['attachLabels', ['AWSPENDING', 'LATE']], ['ignore', ['AWSPENDING']]] as const)('with the same token and value but other labels: %s', async (repeatedPut, labels) => {
    const { put } = await withSecret({ repeatedPut });
    await put({ VersionStages: ['AWSPENDING'] });
    expect(await put({ VersionStages: ['LATE'] })).toEqual(labels);
  });

  test('refuses the same token with another value', async () => {
    const { service, arn, put } = await withSecret();
    await put({ VersionStages: ['AWSPENDING'] });
    const refusal = { name: 'ResourceExistsException', message: `You can't use ClientRequestToken ${token('two')} because that value is already in use for a version of secret ${arn}.` };
    await expect(put({ SecretString: 'other', VersionStages: ['AWSPENDING'] })).rejects.toMatchObject(refusal);
    await expect(put({ SecretString: undefined, SecretBinary: Buffer.from('two') })).rejects.toMatchObject(refusal);
    expect(service.valueOf(arn, token('two'))).toEqual({ secretString: 'two' });
  });

  test.each([[31], [65]])('refuses a token of %d characters', async (length) => {
    const { put } = await withSecret();
    await expect(put({ ClientRequestToken: 't'.repeat(length) })).rejects.toMatchObject({ name: 'InvalidParameterException', message: 'ClientRequestToken must be 32-64 characters long.' });
  });

  test.each([[32], [64]])('accepts a token of %d characters', async (length) => {
    const { put } = await withSecret();
    await expect(put({ ClientRequestToken: 't'.repeat(length) })).resolves.toEqual(['AWSCURRENT']);
  });

  test('refuses a request without a value, and one with two', async () => {
    const { put } = await withSecret();
    await expect(put({ SecretString: undefined })).rejects.toMatchObject({ name: 'InvalidRequestException', message: 'You must provide either SecretString or SecretBinary.' });
    await expect(put({ SecretBinary: Buffer.from('two') })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('refuses stages and rotation tokens outside of their lengths', async () => {
    const { put } = await withSecret();
    await expect(put({ VersionStages: [] })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(put({ VersionStages: ['x'.repeat(257)] })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(put({ RotationToken: 'short' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
  test('accepts a value of 65,536 bytes and refuses one more, without quoting it', async () => {
    const { put } = await withSecret();
    await expect(put({ SecretString: 'é'.repeat(32_768) })).resolves.toEqual(['AWSCURRENT']);
    const tooLong = put({ SecretString: `${'é'.repeat(32_768)}x`, ClientRequestToken: token('three') });
    await expect(tooLong).rejects.toMatchObject({ name: 'ValidationException', message: expect.not.stringContaining('é') });
    await expect(put({ SecretString: undefined, SecretBinary: Buffer.alloc(65_537), ClientRequestToken: token('three') })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html: labels attached across all versions of a secret
  test('accepts 20 labels on a secret and refuses one more, on any version', async () => {
    const { service, arn, put } = await withSecret();
    await put({ VersionStages: Array.from({ length: 19 }, (_, index) => `label${index}`) });
    await expect(put({ SecretString: 'three', ClientRequestToken: token('three'), VersionStages: ['one-more'] })).rejects.toMatchObject({ name: 'LimitExceededException' });
    expect(service.snapshot(arn).versions).toHaveLength(2);
    await expect(put({ SecretString: 'three', ClientRequestToken: token('three'), VersionStages: ['label0'] })).resolves.toEqual(['label0']);
  });

  test('fails on a secret that does not exist', async () => {
    const { put } = await withSecret();
    await expect(put({ SecretId: 'nosuch' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('Versions without labels', () => {
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html: "can be deleted by Secrets Manager"
  test.each([['keep', 3], ['purge', 2]] as const)('are deprecated: %s', async (deprecatedVersions, count) => {
    const { service, arn, put } = await withSecret({ deprecatedVersions });
    await put({});
    await put({ SecretString: 'three', ClientRequestToken: token('three') });
    expect(service.snapshot(arn).versions).toHaveLength(count);
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('three'), AWSPREVIOUS: token('two') });
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
describe('UpdateSecret', () => {
  test('with a value makes a new AWSCURRENT version', async () => {
    const { service, client, arn, first } = await withSecret();
    const { VersionId } = await client.send(new UpdateSecretCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') }));
    expect(VersionId).toBe(token('two'));
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first });
  });

  test('without a value changes description and key only', async () => {
    const { service, client, arn, first } = await withSecret();
    expect((await client.send(new UpdateSecretCommand({ SecretId: arn, Description: 'ours', KmsKeyId: 'key' }))).VersionId).toBeUndefined();
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first });
  });

  test('refuses a token that a version has already, even with the same value', async () => {
    const { client, arn } = await withSecret();
    const input = { SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') };
    await client.send(new UpdateSecretCommand(input));
    await expect(client.send(new UpdateSecretCommand(input))).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });
});
