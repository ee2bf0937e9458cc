import { DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses, token } from './harness';
import { Fault, FaultPoint, Faults } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

interface Struck extends Harness {
  readonly arn: string;
  /** Resolves when the fault has struck. */
  readonly reached: Promise<void>;
}

/** A service that strikes the first PutSecretValue at one moment. */
async function struck(moment: FaultPoint['moment'], fault: Fault): Promise<Struck> {
  let pending: Fault | undefined = fault;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => { reach = resolve; });
  const started = await harness({
    fault: (point) => {
      const strikes = point.action === 'PutSecretValue' && point.moment === moment ? pending : undefined;
      pending = strikes === undefined ? pending : undefined;
      if (strikes !== undefined) {
        setImmediate(reach);
      }
      return strikes;
    },
  });
  return { ...started, reached, arn: started.service.createSecret({ name: 'app', secretString: 'one' }).arn };
}

const put = (arn: string): PutSecretValueCommand =>
  new PutSecretValueCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two'), VersionStages: ['AWSPENDING'] });

function stored({ service, arn }: { service: Harness['service']; arn: string }): boolean {
  return service.valueOf(arn, token('two')) !== undefined;
}

describe.each([['before', false], ['after', true]] as const)('A fault %s the effect', (moment, effective) => {
  test.each([
    ['throttling', Faults.throttling, 'ThrottlingException', 400], ['an internal error', Faults.internalServiceError, 'InternalServiceError', 500],
    ['unavailability', Faults.serviceUnavailable, 'ServiceUnavailable', 503],
  ] as const)(`answers with an error: %s; the effect has taken place: ${effective}`, async (_, fault, name, status) => {
    const started = await struck(moment, fault);
    await expect(started.client.send(put(started.arn))).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(stored(started)).toBe(effective);
    expect(started.service.calls).toMatchObject([{ action: 'PutSecretValue', outcome: name, effective }]);
  });

  test(`loses the answer; the effect has taken place: ${effective}`, async () => {
    const started = await struck(moment, Faults.lostAnswer);
    await expect(started.client.send(put(started.arn))).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(stored(started)).toBe(effective);
    expect(started.service.calls).toMatchObject([{ outcome: 'lostAnswer', effective }]);
  });

  test(`never answers until the client gives up; the effect has taken place: ${effective}`, async () => {
    const started = await struck(moment, Faults.hang);
    const impatient = started.clientWith({ requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true } });
    await expect(impatient.send(put(started.arn))).rejects.toMatchObject({ name: 'TimeoutError' });
    await started.reached;
    expect(stored(started)).toBe(effective);
    expect(started.service.calls).toMatchObject([{ outcome: 'hang', effective }]);
  });

  test('is survived by the SDK\'s own retries', async () => {
    const started = await struck(moment, Faults.throttling);
    await started.clientWith({ maxAttempts: 2 }).send(put(started.arn));
    expect(stored(started)).toBe(true);
    expect(started.service.calls.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'ok']);
  });

  test('delays', async () => {
    const started = await struck(moment, { kind: 'delay', milliseconds: 5 });
    await started.client.send(put(started.arn));
    expect(stored(started)).toBe(true);
  });
});

describe('Faults', () => {
  test('a client that gives up during a delay does not stop the effect', async () => {
    const started = await struck('before', { kind: 'delay', milliseconds: 50 });
    const givingUp = new AbortController();
    const call = started.client.send(put(started.arn), { abortSignal: givingUp.signal });
    await started.reached;
    givingUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    while (started.service.calls.length === 0) {
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    expect(stored(started)).toBe(true);
  });

  test('a duplicate takes effect twice: a write with a token is idempotent', async () => {
    const started = await struck('before', Faults.duplicate);
    await expect(started.client.send(put(started.arn))).resolves.toMatchObject({ VersionStages: ['AWSPENDING'] });
    expect(started.service.snapshot(started.arn).versions).toHaveLength(2);
  });

  test('a duplicate takes effect twice: a write that is not idempotent answers its second outcome', async () => {
    const { service, client } = await harness({ fault: ({ moment }) => moment === 'before' ? Faults.duplicate : undefined });
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    const update = new UpdateSecretCommand({ SecretId: arn, SecretString: 'two', ClientRequestToken: token('two') });
    await expect(client.send(update)).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(service.snapshot(arn).labels.AWSCURRENT).toBe(token('two'));
    expect(service.calls).toMatchObject([{ outcome: 'ResourceExistsException', effective: true }]);
  });

  test('may say what the service says: a fresh AWSPENDING that is not to be read yet (aws-sdk-js-v3#7701)', async () => {
    const notYet: Fault = { kind: 'error', name: 'ResourceNotFoundException', status: 400, message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING" };
    const { service, client } = await harness({ fault: ({ action, moment }) => action === 'GetSecretValue' && moment === 'before' ? notYet : undefined });
    service.createSecret({ name: 'app', secretString: 'one' });
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'app' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: notYet.message });
  });

  test('are consulted before and after each call, with what is known of it', async () => {
    const points: FaultPoint[] = [];
    const { service, client } = await harness({ fault: (point) => { points.push(point); return undefined; } });
    const { arn: secretArn } = service.createSecret({ name: 'app', secretString: 'one' });
    await client.send(new DescribeSecretCommand({ SecretId: 'app' }));
    await client.send(new DescribeSecretCommand({ SecretId: 'nosuch' })).catch(() => undefined);
    const common = { action: 'DescribeSecret', accessKeyId: 'AKIATEST' };
    expect(points).toEqual([
      { ...common, moment: 'before', sequence: 1, secretArn }, { ...common, moment: 'after', sequence: 1, secretArn },
      { ...common, moment: 'before', sequence: 2, secretArn: undefined },
    ]);
  });

  test('stopping the service closes connections that hang', async () => {
    const { service, client } = await harness({ fault: () => Faults.hang });
    const call = client.send(new DescribeSecretCommand({ SecretId: 'app' }));
    while (service.calls.length === 0) {
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    await service.stop();
    await expect(call).rejects.toThrow();
  });
});
