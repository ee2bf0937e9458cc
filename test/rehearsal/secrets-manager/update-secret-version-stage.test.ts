import { GetSecretValueCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses, token } from './harness';
import { LocalSecretsManagerOptions } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

interface Move {
  readonly stage?: string;
  readonly to?: string;
  readonly from?: string;
}

interface MidRotation extends Harness {
  readonly arn: string;
  readonly first: string;
  readonly move: (move: Move) => Promise<unknown>;
}

/** A secret with AWSCURRENT on one version and AWSPENDING on another. */
async function midRotation(options: LocalSecretsManagerOptions = {}): Promise<MidRotation> {
  const started = await harness(options);
  const { arn, versionId } = started.service.createSecret({ name: 'app', secretString: 'one' });
  await started.client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two'), VersionStages: ['AWSPENDING'] }));
  const move = ({ stage = 'AWSCURRENT', to, from }: Move): Promise<unknown> => started.client.send(new UpdateSecretVersionStageCommand({
    SecretId: arn, VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from,
  }));
  return { ...started, arn, first: versionId, move };
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
describe('UpdateSecretVersionStage', () => {
  // AWSPENDING: the user guide says that it goes, rotation-lambdas#168 and localstack's recordings that it stays
  test.each([['strip', {}], ['keep', { AWSPENDING: token('two') }]] as const)('moves AWSCURRENT, and AWSPREVIOUS after it; AWSPENDING: %s', async (pendingOnPromotion, pending) => {
    const { service, client, arn, first, move } = await midRotation({ pendingOnPromotion });
    expect(await move({ to: token('two'), from: first })).toMatchObject({ ARN: arn, Name: 'app' });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first, ...pending });
    expect((await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString).toBe('two');
  });

  test('moves AWSCURRENT back to the version before', async () => {
    const { service, arn, first, move } = await midRotation();
    await move({ to: token('two'), from: first });
    await move({ to: first, from: token('two') });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first, AWSPREVIOUS: token('two') });
  });

  test('refuses to move a label without being told where it is', async () => {
    const { service, arn, first, move } = await midRotation();
    await expect(move({ to: token('two') })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${first}, `
        + 'so you must explicitly reference that version in RemoveFromVersionId.',
    });
    await expect(move({ stage: 'AWSPENDING', to: first })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first, AWSPENDING: token('two') });
  });

  test('refuses to move a label from a version that does not hold it, which makes it a compare-and-swap', async () => {
    const { service, arn, first, move } = await midRotation();
    await expect(move({ to: token('two'), from: token('other') })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await move({ to: token('two'), from: first });
    await expect(move({ to: token('two'), from: first })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(move({ stage: 'NOSUCH', to: first, from: token('two') })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first });
  });

  test('adds a label that no version holds, and one that the version holds already', async () => {
    const { service, arn, first, move } = await midRotation();
    await move({ stage: 'MINE', to: first });
    await move({ stage: 'MINE', to: first });
    expect(service.snapshot(arn).labels.MINE).toBe(first);
  });

  test('removes a label', async () => {
    const { service, arn, first, move } = await midRotation();
    await move({ stage: 'AWSPENDING', from: token('two') });
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first });
  });

  test('refuses to remove AWSCURRENT altogether', async () => {
    const { service, arn, first, move } = await midRotation();
    await expect(move({ from: first })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(service.snapshot(arn).labels.AWSCURRENT).toBe(first);
  });

  test('refuses a request that neither moves nor removes', async () => {
    const { move } = await midRotation();
    await expect(move({ stage: 'MINE' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('fails on a version that does not exist', async () => {
    const { service, arn, first, move } = await midRotation();
    await expect(move({ to: token('nosuch'), from: first })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(service.snapshot(arn).labels.AWSCURRENT).toBe(first);
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
  test('refuses the 21st label of a secret', async () => {
    const { move, first } = await midRotation();
    for (let count = 3; count <= 20; count++) {
      await move({ stage: `label${count}`, to: first });
    }
    await expect(move({ stage: 'label21', to: first })).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});
