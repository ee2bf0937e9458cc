import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
describe('GetSecretValue', () => {
  test('answers AWSCURRENT when neither stage nor version is asked for', async () => {
    const { service, client } = await harness({ now: () => new Date('2026-01-02T03:04:05.678Z') });
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    const { $metadata, ...answer } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect($metadata.httpStatusCode).toBe(200);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer).toEqual({
      ARN: arn, Name: 'app', VersionId: versionId, SecretString: 'one', VersionStages: ['AWSCURRENT'], CreatedDate: new Date('2026-01-02T03:04:05.678Z'),
    });
  });

  test('answers by stage, by version id, and by both where they agree', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two'), VersionStages: ['AWSPENDING'] }));
    const asked = [{ VersionStage: 'AWSPENDING' }, { VersionId: token('two') }, { VersionId: token('two'), VersionStage: 'AWSPENDING' }];
    const answers = await Promise.all(asked.map((by) => client.send(new GetSecretValueCommand({ SecretId: arn, ...by }))));
    expect(answers.map(({ SecretString }) => SecretString)).toEqual(['two', 'two', 'two']);
  });

  test('refuses a version id and a stage that do not refer to the same version', async () => {
    const { service, client } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: versionId, VersionStage: 'AWSPENDING' }))).rejects.toMatchObject({
      name: 'InvalidRequestException', message: 'You provided a VersionStage that is not associated to the provided VersionId.',
    });
  });

  // getmoto/moto#8504, checked against AWS; the texts as in aws/aws-sdk-js-v3#7701
  test('fails on the version of a rotation before createSecret, which has no value', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    const pending = service.beginRotation(arn);
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPENDING' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING", $metadata: { httpStatusCode: 400 },
    });
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: pending }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException', message: `Secrets Manager can't find the specified secret value for VersionId: ${pending}`,
    });
  });

  test('fails on a stage or a version id that the secret does not have', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: 'NOSUCH' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: token('nosuch') }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('fails on a secret without any version', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'empty' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: arn }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
  });

  test('answers binary values as bytes', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretBinary: Buffer.from([0, 255, 7]).toString('base64') });
    const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect([...SecretBinary ?? []]).toEqual([0, 255, 7]);
    expect(SecretString).toBeUndefined();
  });
});
