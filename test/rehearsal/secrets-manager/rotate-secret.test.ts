import {
  CancelRotateSecretCommand, DescribeSecretCommand, PutSecretValueCommand, RotateSecretCommand, SecretsManagerClient,
  UpdateSecretCommand, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses, token } from './harness';
import { LocalSecretsManagerOptions, RotationEvent, ServiceEvent } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:rotation';
const IN_PROGRESS = { name: 'InvalidRequestException', message: "A previous rotation isn't complete. That rotation will be reattempted." };

interface Rotating extends Harness {
  readonly arn: string;
  readonly first: string;
  readonly events: RotationEvent[];
  readonly serviceEvents: ServiceEvent[];
  readonly eventNames: () => string[];
  readonly rotate: (input?: Partial<RotateSecretCommand['input']>) => Promise<string | undefined>;
}

type Handler = (event: RotationEvent, client: SecretsManagerClient) => Promise<unknown>;

/** A rotation function that stores a value and moves AWSCURRENT, as AWS's own do. */
const wellBehaved: Handler = async ({ Step, SecretId, ClientRequestToken }, client) => {
  if (Step === 'createSecret') {
    await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: ClientRequestToken, VersionStages: ['AWSPENDING'] }));
  }
  if (Step === 'finishSecret') {
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
    const [current] = Object.entries(VersionIdsToStages ?? {}).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
    if (current !== ClientRequestToken) {
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current }));
    }
  }
};

const failingIn = (step: string, times = Infinity): Handler => {
  let failures = 0;
  return async (event, client) => {
    if (event.Step === step && failures++ < times) {
      throw new Error('the function failed with open-sesame');
    }
    await wellBehaved(event, client);
  };
};

async function rotating(handler: Handler = wellBehaved, options: LocalSecretsManagerOptions = {}): Promise<Rotating> {
  const events: RotationEvent[] = [];
  const started: Harness = await harness({
    ...options,
    invokeFunction: async (functionArn, event) => {
      expect(functionArn).toBe(FUNCTION);
      events.push(event);
      await handler(event, started.client);
    },
  });
  const serviceEvents: ServiceEvent[] = [];
  started.service.notifications.on('serviceEvent', (event) => serviceEvents.push(event));
  const { arn, versionId } = started.service.createSecret({ name: 'app', secretString: 'one' });
  const rotate = async (input = {}): Promise<string | undefined> =>
    (await started.client.send(new RotateSecretCommand({ SecretId: 'app', RotationLambdaARN: FUNCTION, ...input }))).VersionId;
  return { ...started, arn, first: versionId, events, serviceEvents, eventNames: () => serviceEvents.map(({ eventName }) => eventName), rotate };
}

const FOUR_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
describe('RotateSecret', () => {
  test('answers at once, before the function is invoked', async () => {
    const { service, rotate, events, arn } = await rotating(() => new Promise((resolve) => { setTimeout(resolve, 20); }));
    expect(await rotate({ ClientRequestToken: token('two') })).toBe(token('two'));
    expect(events.length).toBeLessThan(4);
    await service.rotationIdle(arn);
  });

  // "Secrets Manager creates an AWSPENDING version ID before creating the new secret version": API reference of DescribeSecret; getmoto/moto#8504
  test('labels a version without a value AWSPENDING before createSecret', async () => {
    const seen: unknown[] = [];
    const { service, rotate, arn, first } = await rotating(async ({ Step }) => { seen.push([Step, service.snapshot(arn)]); });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(seen[0]).toMatchObject(['createSecret', { labels: { AWSCURRENT: first, AWSPENDING: token('two') }, versions: [{}, { versionId: token('two'), hasValue: false }] }]);
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
  test('invokes the four steps in order, with the secret\'s ARN, the token and a rotation token of 36 characters or more', async () => {
    const { service, rotate, events, arn } = await rotating();
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(events.map(({ Step }) => Step)).toEqual(FOUR_STEPS);
    for (const event of events) {
      expect(event).toEqual({ Step: event.Step, SecretId: arn, ClientRequestToken: token('two'), RotationToken: expect.stringMatching(/^.{36,256}$/) });
    }
  });

  test.each([['strip', {}], ['keep', { AWSPENDING: token('two') }]] as const)('leaves AWSPENDING nowhere or with AWSCURRENT, and can rotate again: %s', async (pendingOnPromotion, pending) => {
    const { service, rotate, arn, first, eventNames } = await rotating(wellBehaved, { pendingOnPromotion });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: token('two'), AWSPREVIOUS: first, ...pending });
    await rotate({ ClientRequestToken: token('three') });
    await service.rotationIdle(arn);
    expect(service.snapshot(arn).labels).toMatchObject({ AWSCURRENT: token('three'), AWSPREVIOUS: token('two') });
    expect(eventNames()).toEqual(['RotationStarted', 'RotationSucceeded', 'RotationStarted', 'RotationSucceeded']);
  });

  test('stores function and rules, turns rotation on, and shows when it rotated', async () => {
    const { service, client, rotate, arn } = await rotating(wellBehaved, { now: () => new Date('2026-01-02T00:00:00Z') });
    await rotate({ RotationRules: { ScheduleExpression: 'rate(7 days)', Duration: '3h' } });
    await service.rotationIdle(arn);
    expect(await client.send(new DescribeSecretCommand({ SecretId: arn }))).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: FUNCTION,
      RotationRules: { ScheduleExpression: 'rate(7 days)', Duration: '3h' },
      LastRotatedDate: new Date('2026-01-02T00:00:00Z'),
      NextRotationDate: new Date('2026-01-09T00:00:00Z'),
    });
  });

  test('without parameters rotates with what is stored already', async () => {
    const { service, rotate, arn, events } = await rotating();
    service.enableRotation(arn, { functionArn: FUNCTION });
    await rotate({ RotationLambdaARN: undefined });
    await service.rotationIdle(arn);
    expect(events).toHaveLength(4);
  });

  test('refuses a secret that has no function', async () => {
    const { service, rotate, arn, first } = await rotating();
    await expect(rotate({ RotationLambdaARN: undefined })).rejects.toMatchObject({
      name: 'InvalidRequestException', message: 'No Lambda rotation function ARN is associated with this secret.',
    });
    expect(service.snapshot(arn)).toMatchObject({ labels: { AWSCURRENT: first }, rotationEnabled: undefined });
  });

  test('refuses another token while AWSPENDING is on a version that is not AWSCURRENT, and changes nothing', async () => {
    const { service, rotate, arn, events } = await rotating();
    service.beginRotation(arn, token('two'));
    const before = service.snapshot(arn);
    await expect(rotate({ ClientRequestToken: token('three') })).rejects.toMatchObject(IN_PROGRESS);
    await expect(rotate({ ClientRequestToken: token('three'), RotateImmediately: false })).rejects.toMatchObject(IN_PROGRESS);
    expect(service.snapshot(arn)).toEqual(before);
    expect(events).toEqual([]);
  });

  // "to ensure that Secrets Manager doesn't attempt to create a secret version twice"
  test('with the token of the open rotation goes on with it, and with the token of a finished one does nothing', async () => {
    const { service, rotate, arn, events } = await rotating();
    service.beginRotation(arn, token('two'));
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(service.snapshot(arn).labels.AWSCURRENT).toBe(token('two'));
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(events).toHaveLength(4);
    expect(service.snapshot(arn).versions).toHaveLength(2);
  });

  test('refuses a token that an older version has', async () => {
    const { rotate, first, client, arn } = await rotating();
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'two' }));
    await expect(rotate({ ClientRequestToken: first })).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

// "If rotation fails, Secrets Manager retries the entire rotation process multiple times": rotate-secrets_lambda.html; the number is ours
describe('A rotation that fails', () => {
  test('is tried again from the first step with the same token', async () => {
    const { service, rotate, arn, events, eventNames } = await rotating(failingIn('testSecret', 1));
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret', 'testSecret', ...FOUR_STEPS]);
    expect(new Set(events.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([token('two')]));
    expect(eventNames()).toEqual(['RotationStarted', 'RotationFailed', 'RotationSucceeded']);
  });

  test('is given up after its attempts, leaves AWSPENDING, and blocks the next', async () => {
    const { service, rotate, arn, first, events } = await rotating(failingIn('createSecret'), { rotationAttempts: 2, rotationRetryDelay: 1 });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'createSecret']);
    expect(service.snapshot(arn)).toMatchObject({ labels: { AWSCURRENT: first, AWSPENDING: token('two') }, versions: [{}, { hasValue: false }] });
    await expect(rotate({ ClientRequestToken: token('three') })).rejects.toMatchObject(IN_PROGRESS);
  });

  test('can be reattempted with its token, which completes it', async () => {
    const { service, rotate, arn, eventNames } = await rotating(failingIn('setSecret', 1), { rotationAttempts: 1 });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    await service.reattemptRotation(arn);
    expect(service.snapshot(arn).labels.AWSCURRENT).toBe(token('two'));
    expect(eventNames()).toEqual(['RotationStarted', 'RotationFailed', 'RotationStarted', 'RotationSucceeded']);
  });

  test('is one that ends without AWSCURRENT on its version', async () => {
    const { service, rotate, arn, serviceEvents } = await rotating(async () => undefined, { rotationAttempts: 1 });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(serviceEvents[1]).toMatchObject({ eventName: 'RotationFailed', errorMessage: expect.stringContaining('AWSCURRENT') });
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
  test('is told with secret, function and step, and without what the function said', async () => {
    const { service, rotate, arn, serviceEvents } = await rotating(failingIn('setSecret'), { rotationAttempts: 1 });
    await rotate();
    await service.rotationIdle(arn);
    expect(serviceEvents[1]).toMatchObject({ eventType: 'AwsServiceEvent', eventName: 'RotationFailed', additionalEventData: { SecretId: arn } });
    expect(serviceEvents[1]?.errorMessage).toMatch(new RegExp(`${FUNCTION}.*setSecret`));
    expect(JSON.stringify(serviceEvents)).not.toContain('sesame');
  });

  test('is one whose function cannot be invoked', async () => {
    const { service, client } = await harness({ rotationAttempts: 1 });
    const events: string[] = [];
    service.notifications.on('serviceEvent', ({ eventName }) => events.push(eventName));
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new RotateSecretCommand({ SecretId: arn, RotationLambdaARN: FUNCTION }));
    await service.rotationIdle(arn);
    expect(events).toEqual(['RotationStarted', 'RotationFailed']);
  });
});

// "Secrets Manager abandons rotation when you create a new version of a secret during rotation": cloudtrail_log_entries.html
describe('A new version under another token during a rotation', () => {
  const byHand = { SecretString: 'by hand', ClientRequestToken: token('hand') };
  test.each<[string, (client: SecretsManagerClient, SecretId: string) => Promise<unknown>]>([
    ['PutSecretValue', (client, SecretId) => client.send(new PutSecretValueCommand({ SecretId, ...byHand }))],
    ['UpdateSecret', (client, SecretId) => client.send(new UpdateSecretCommand({ SecretId, ...byHand }))],
  ])('abandons the rotation: %s', async (_, change) => {
    const { service, client, rotate, arn, events, eventNames } = await rotating(async (event, sdk) => {
      await wellBehaved(event, sdk);
      if (event.Step === 'createSecret') {
        await change(client, arn);
      }
    });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret']);
    expect(service.snapshot(arn).labels).toMatchObject({ AWSCURRENT: token('hand') });
    expect(service.snapshot(arn).labels.AWSPENDING).toBeUndefined();
    expect(eventNames()).toEqual(['RotationStarted', 'RotationAbandoned']);
    await rotate({ ClientRequestToken: token('three') });
    await service.rotationIdle(arn);
  });

  test('does not abandon one that has promoted its version already', async () => {
    const { service, client, rotate, arn, eventNames } = await rotating(wellBehaved, { pendingOnPromotion: 'keep' });
    await rotate();
    await service.rotationIdle(arn);
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'by hand' }));
    expect(eventNames()).toEqual(['RotationStarted', 'RotationSucceeded']);
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
describe('CancelRotateSecret', () => {
  test('turns rotation off, answers the unfinished version, leaves AWSPENDING, and blocks the next rotation until the label is removed', async () => {
    const { service, client, rotate, arn } = await rotating(failingIn('setSecret'), { rotationAttempts: 1 });
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    expect(await client.send(new CancelRotateSecretCommand({ SecretId: arn }))).toMatchObject({ ARN: arn, Name: 'app', VersionId: token('two') });
    expect(service.snapshot(arn)).toMatchObject({ rotationEnabled: false, labels: { AWSPENDING: token('two') } });
    await expect(rotate({ ClientRequestToken: token('three') })).rejects.toMatchObject(IN_PROGRESS);
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'AWSPENDING', RemoveFromVersionId: token('two') }));
    expect(await rotate({ ClientRequestToken: token('three') })).toBe(token('three'));
    expect(service.snapshot(arn).rotationEnabled).toBe(true);
    await service.rotationIdle(arn);
  });

  test('during a rotation lets no further step begin', async () => {
    const { service, client, rotate, arn, events, eventNames } = await rotating(async (event, sdk) => {
      await wellBehaved(event, sdk);
      if (event.Step === 'setSecret') {
        await client.send(new CancelRotateSecretCommand({ SecretId: arn }));
      }
    });
    await rotate();
    await service.rotationIdle(arn);
    expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret']);
    expect(eventNames()).toEqual(['RotationStarted']);
  });

  test('answers no version when none is unfinished, and keeps the configuration', async () => {
    const { service, client, arn } = await rotating();
    service.enableRotation(arn, { functionArn: FUNCTION });
    expect((await client.send(new CancelRotateSecretCommand({ SecretId: arn }))).VersionId).toBeUndefined();
    expect(await client.send(new DescribeSecretCommand({ SecretId: arn }))).toMatchObject({ RotationEnabled: false, RotationLambdaARN: FUNCTION });
  });

  test('refuses a secret whose rotation was never configured', async () => {
    const { client, arn } = await rotating();
    await expect(client.send(new CancelRotateSecretCommand({ SecretId: arn }))).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

// "If you set RotateImmediately to false, Secrets Manager tests the rotation configuration by running the testSecret step [...]
// This test creates an AWSPENDING version of the secret and then removes it": API reference of RotateSecret
describe('RotateImmediately: false', () => {
  test.each([['empty', false], ['current', true]] as const)('runs testSecret alone on a temporary version: %s', async (rotationTestVersion, hasValue) => {
    const seen: unknown[] = [];
    const look = async (): Promise<void> => { seen.push(service.snapshot(arn)); };
    const { service, rotate, arn, first, events, eventNames } = await rotating(look, { rotationTestVersion });
    await rotate({ RotateImmediately: false, ClientRequestToken: token('test'), RotationRules: { AutomaticallyAfterDays: 30 } });
    await service.rotationIdle(arn);
    expect(events).toMatchObject([{ Step: 'testSecret', SecretId: arn, ClientRequestToken: token('test') }]);
    expect(seen).toMatchObject([{ rotationEnabled: true, labels: { AWSPENDING: token('test') }, versions: [{}, { hasValue }] }]);
    expect(service.snapshot(arn)).toMatchObject({ labels: { AWSCURRENT: first }, versions: [{ versionId: first }] });
    expect(service.snapshot(arn).versions).toHaveLength(1);
    expect(eventNames()).toEqual(['TestRotationStarted', 'TestRotationSucceeded']);
  });

  test('removes the temporary version and says so when testSecret fails, once', async () => {
    const { service, rotate, arn, events, first, eventNames } = await rotating(failingIn('testSecret'));
    await rotate({ RotateImmediately: false });
    await service.rotationIdle(arn);
    expect(events).toHaveLength(1);
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: first });
    expect(eventNames()).toEqual(['TestRotationStarted', 'TestRotationFailed']);
  });
});

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
describe('Secret Label Updated', () => {
  test('is sent for every label that comes to a version, but AWSPENDING and AWSPREVIOUS', async () => {
    const { service, rotate, client, arn, first } = await rotating();
    const updates: unknown[] = [];
    service.notifications.on('labelUpdated', (event) => updates.push(event));
    await rotate({ ClientRequestToken: token('two') });
    await service.rotationIdle(arn);
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: 'MINE', MoveToVersionId: first }));
    const common = { 'source': 'aws.secretsmanager', 'detail-type': 'Secret Label Updated', 'resources': [arn] };
    expect(updates).toEqual([
      { ...common, detail: { name: 'app', labelUpdated: 'AWSCURRENT', versionId: token('two') } },
      { ...common, detail: { name: 'app', labelUpdated: 'MINE', versionId: first } },
    ]);
  });
});

test('Stopping the service lets no further step begin', async () => {
  const { service, rotate, arn, events } = await rotating(async ({ Step }) => {
    if (Step === 'setSecret') {
      await service.stop();
    }
  });
  await rotate();
  await service.rotationIdle(arn);
  expect(events.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret']);
});
