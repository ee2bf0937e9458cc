import { CreateSecretCommand, GetSecretValueCommand, ListSecretsCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

describe('The record of calls', () => {
  test('names action, secret, version, caller, outcome and time of each call', async () => {
    const at = new Date('2026-01-02T03:04:05Z');
    const { service, client } = await harness({ now: () => at });
    const { ARN: arn } = await client.send(new CreateSecretCommand({ Name: 'app', SecretString: 'one', ClientRequestToken: token('one') }));
    await client.send(new PutSecretValueCommand({ SecretId: 'app', SecretString: 'two', ClientRequestToken: token('two'), VersionStages: ['AWSPENDING'] }));
    await client.send(new GetSecretValueCommand({ SecretId: 'app' }));
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: 'app', VersionStage: 'AWSCURRENT', MoveToVersionId: token('two') })).catch(() => undefined);
    await client.send(new ListSecretsCommand({}));
    const common = { accessKeyId: 'AKIATEST', at };
    expect(service.calls).toEqual([
      { ...common, sequence: 1, action: 'CreateSecret', secretArn: arn, versionId: token('one'), outcome: 'ok', effective: true },
      { ...common, sequence: 2, action: 'PutSecretValue', secretArn: arn, versionId: token('two'), outcome: 'ok', effective: true },
      { ...common, sequence: 3, action: 'GetSecretValue', secretArn: arn, versionId: token('one'), outcome: 'ok', effective: true },
      { ...common, sequence: 4, action: 'UpdateSecretVersionStage', secretArn: arn, versionId: token('two'), outcome: 'InvalidParameterException', effective: false },
      { ...common, sequence: 5, action: 'ListSecrets', secretArn: undefined, versionId: undefined, outcome: 'ok', effective: true },
    ]);
  });

  test('holds neither values nor rotation tokens', async () => {
    const { service, client } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'first-sesame' });
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'open-sesame', RotationToken: `${'r'.repeat(30)}-sesame` }));
    await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(service.calls).toHaveLength(2);
    expect(JSON.stringify([service.calls, service.snapshot(arn)])).not.toContain('sesame');
  });
});
