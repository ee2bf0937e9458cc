import { RotationError } from '../../../lambda/engine/contract/errors';
import { prepare } from '../../../lambda/engine/prepare';
import { Rotation } from '../../../lambda/engine/rotation';
import { RotationStrategy } from '../../../lambda/engine/strategy';
import { Faults } from '../../../rehearsal/secrets-manager';
import { RotationRig } from '../../support/rotation-rig';

/** The smallest strategy: a value that no service needs to hear of. */
class Plain implements RotationStrategy {
  constructor(private readonly finish: (rotation: Rotation) => Promise<void> = async () => undefined) {}

  createSecret(rotation: Rotation): Promise<void> {
    return prepare(rotation, { facts: { host: 'db' }, next: async () => ({ username: 'app', password: 'the-new-value' }) });
  }

  async setSecret(rotation: Rotation): Promise<void> {
    await rotation.fence();
  }

  async testSecret(rotation: Rotation): Promise<void> {
    await rotation.pending();
  }

  async finishSecret(rotation: Rotation): Promise<void> {
    await this.finish(rotation);
    const labels = await rotation.fence();
    await rotation.promotion.promote(labels.current());
  }
}

const start = (finish?: (rotation: Rotation) => Promise<void>, remainingMs?: number): Promise<RotationRig> => RotationRig.start({
  config: {}, strategy: () => new Plain(finish), secretString: '{"username":"app","password":"the-old-value"}', remainingMs,
});

describe('the function', () => {
  let rig: RotationRig;
  afterEach(() => rig.stop());

  test('drives a rotation from createSecret to promotion', async () => {
    rig = await start();
    const token = await rig.rotate();
    expect(rig.labelled('AWSCURRENT')).toEqual({ username: 'app', password: 'the-new-value', host: 'db' });
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(token);
    expect(rig.labelled('AWSPREVIOUS')).toEqual({ username: 'app', password: 'the-old-value' });
  });

  test('writes one line per step, which is a record of metrics too', async () => {
    rig = await start();
    await rig.rotate();
    expect(rig.lines.map(({ step, level }) => [step, level])).toEqual([
      ['createSecret', 'INFO'], ['setSecret', 'INFO'], ['testSecret', 'INFO'], ['finishSecret', 'INFO'],
    ]);
    expect(rig.lines.at(-1)).toMatchObject({
      FunctionName: 'rotation',
      RotationFailed: 0,
      RotationSucceeded: 1,
      SignIns: 0,
      Retries: 0,
      StepDuration: expect.any(Number),
      _aws: { CloudWatchMetrics: [{ Namespace: 'CdkSecretRotation', Dimensions: [['FunctionName']], Metrics: expect.arrayContaining([{ Name: 'RotationSucceeded', Unit: 'Count' }]) }] },
    });
    expect(rig.lines[0]).toMatchObject({ ReplacedVersionAge: expect.any(Number) });
  });

  test('writes no value and no rotation token', async () => {
    rig = await start();
    await rig.rotate();
    for (const secret of ['the-old-value', 'the-new-value', 'rotation-token-that-must-never-be-logged']) expect(rig.output).not.toContain(secret);
  });

  test('fails with reason and remedy as fields of the line, and with the code as the name of the error', async () => {
    rig = await start(async () => { throw new RotationError('DRIFT', 'the users differ', { remedy: 'Make them equal' }); });
    const failure = await rig.rotate().catch((error: unknown) => (error as Error).cause as Error);
    expect(failure).toMatchObject({ name: 'DRIFT', message: 'DRIFT: the users differ. Make them equal' });
    expect(failure).not.toHaveProperty('cause');
    expect(rig.lines.at(-1)).toMatchObject({ level: 'ERROR', step: 'finishSecret', code: 'DRIFT', reason: 'the users differ', remedy: 'Make them equal', RotationFailed: 1 });
  });

  test('fails without repeating the message of an error that is not its own, for that may quote a value', async () => {
    rig = await start(async () => { JSON.parse('the-old-value'); });
    await expect(rig.rotate()).rejects.toThrow(/^UNEXPECTED: SyntaxError at /);
    expect(rig.output).not.toContain('the-old-value');
  });

  test('fails with a clear line on a malformed event', async () => {
    rig = await start();
    await expect(rig.step('noStep' as 'createSecret', rig.begin())).rejects.toThrow(/UNKNOWN_STEP/);
    expect(rig.lines).toMatchObject([{ level: 'ERROR', code: 'UNKNOWN_STEP', RotationFailed: 1 }]);
  });
});

describe('the labels guard each step', () => {
  let rig: RotationRig;
  beforeEach(async () => { rig = await start(); });
  afterEach(() => rig.stop());

  test.each(['createSecret', 'setSecret', 'finishSecret'] as const)('%s fails for a token that Secrets Manager does not know', async (step) => {
    rig.begin();
    await expect(rig.step(step, '99999999-9999-4999-8999-999999999999')).rejects.toThrow(/TOKEN_UNKNOWN/);
  });

  test.each(['createSecret', 'setSecret', 'finishSecret'] as const)('%s fails while rotation is not enabled', async (step) => {
    const token = rig.begin();
    await rig.step('createSecret', token);
    await rig.cancel();
    await expect(rig.step(step, token)).rejects.toThrow(/ROTATION_DISABLED/);
  });

  test('a step that needs the value fails when createSecret has not run, naming the token', async () => {
    const token = rig.begin();
    await rig.step('setSecret', token);
    await expect(rig.step('testSecret', token)).rejects.toThrow(`STEP_OUT_OF_ORDER: version ${token}`);
  });

  test('each step of a finished rotation, repeated, changes nothing and succeeds, whether AWSPENDING was stripped or left', async () => {
    const token = await rig.rotate();
    const before = rig.secretsManager.snapshot(rig.secretArn);
    await rig.step('createSecret', token);
    await rig.step('testSecret', token);
    expect(rig.secretsManager.snapshot(rig.secretArn)).toEqual(before);
  });

  test('createSecret, repeated and concurrent, stores one value', async () => {
    const token = rig.begin();
    await Promise.all([rig.step('createSecret', token), rig.step('createSecret', token), rig.step('createSecret', token)]);
    expect(rig.value(token)).toMatchObject({ username: 'app' });
  });
});

describe('Secrets Manager fails at each call', () => {
  let rig: RotationRig;
  afterEach(() => rig.stop());

  const calls = ['GetSecretValue', 'DescribeSecret', 'PutSecretValue', 'UpdateSecretVersionStage'];
  const faults = [Faults.throttling, Faults.internalServiceError, Faults.serviceUnavailable, Faults.lostAnswer, Faults.duplicate];
  const cases = calls.flatMap((action) => (['before', 'after'] as const).flatMap((moment) => faults.map((fault) => ({ action, moment, fault: 'name' in fault ? fault.name : fault.kind, strike: fault }))));

  test.each(cases)('once, with $fault $moment $action: the rotation goes through', async ({ action, moment, strike }) => {
    rig = await start();
    let left = 1;
    rig.fault = (point) => (point.action === action && point.moment === moment && left-- > 0 ? strike : undefined);
    const token = await rig.rotate();
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(token);
  });

  test('for good, throttled: the step fails before its time-out and names the operation', async () => {
    rig = await start(undefined, 4_000);
    rig.fault = ({ action, moment }) => (action === 'PutSecretValue' && moment === 'before' ? Faults.throttling : undefined);
    await expect(rig.rotate()).rejects.toThrow(/SECRETS_MANAGER_FAILED: PutSecretValue on arn:\S+ failed \(ThrottlingException/);
    expect(rig.lines.at(-1)).toMatchObject({ Retries: expect.any(Number) });
  });

  test('for good, without any answer: the step fails before its time-out and says where to look', async () => {
    rig = await start(undefined, 8_000);
    rig.fault = ({ action }) => (action === 'DescribeSecret' ? Faults.hang : undefined);
    await expect(rig.rotate()).rejects.toThrow(/SECRETS_MANAGER_FAILED: DescribeSecret .*interface endpoint/);
  });

  test('for good, without any answer: not even the last call outlives the function', async () => {
    const remainingMs = 6_000; // the reserve is shorter than the longest call
    rig = await start(undefined, remainingMs);
    rig.fault = ({ action }) => (action === 'DescribeSecret' ? Faults.hang : undefined);
    const killed = new Promise((resolve) => { setTimeout(resolve, remainingMs, 'killed').unref(); });
    const ended = rig.step('createSecret', rig.begin()).catch(() => 'failed in time');
    expect(await Promise.race([ended, killed])).toBe('failed in time');
    await ended;
  });

  test('with a definite refusal: the step fails at once', async () => {
    rig = await start();
    rig.fault = ({ action, moment }) => (action === 'GetSecretValue' && moment === 'before' ? { kind: 'error', name: 'AccessDeniedException', message: 'no', status: 400 } : undefined);
    await expect(rig.rotate()).rejects.toThrow(/SECRETS_MANAGER_FAILED: GetSecretValue .*AccessDeniedException: no.*permissions boundary/);
    expect(rig.calls).toEqual(['GetSecretValue']);
  });

  test('with a validation error, which may quote a value: only its name is repeated', async () => {
    rig = await start();
    const message = "Value 'the-new-value' at 'secretString' failed to satisfy constraint";
    rig.fault = ({ action, moment }) => (action === 'PutSecretValue' && moment === 'before' ? { kind: 'error', name: 'ValidationException', message, status: 400 } : undefined);
    const failure = await rig.rotate().catch((error: unknown) => String(error));
    expect(failure).toMatch(/PutSecretValue on arn:\S+ failed \(ValidationException\)/);
    expect(failure + rig.output).not.toContain('the-new-value');
  });

  test('so that the promotion takes effect and no answer ever tells: the rotation still knows', async () => {
    rig = await start();
    rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'after' ? Faults.lostAnswer : undefined);
    const token = await rig.rotate();
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(token);
    expect(rig.lines.at(-1)).toMatchObject({ RotationSucceeded: 1 });
  });

  test('so that no answer and no label can be had: the promotion is called uncertain, not refused', async () => {
    rig = await start(undefined, 5_000);
    let promoting = false;
    rig.fault = ({ action }) => {
      promoting ||= action === 'UpdateSecretVersionStage';
      return promoting ? Faults.lostAnswer : undefined;
    };
    await expect(rig.rotate()).rejects.toThrow(/PROMOTION_UNCERTAIN/);
  });

  test('a value that is not readable at once after createSecret is waited for', async () => {
    rig = await start();
    let misses = 2;
    rig.fault = ({ action, moment }) => (action === 'GetSecretValue' && moment === 'before' && rig.calls.includes('PutSecretValue') && misses-- > 0
      ? { kind: 'error', name: 'ResourceNotFoundException', message: 'not yet', status: 400 } : undefined);
    await rig.rotate();
    expect(misses).toBeLessThan(0);
  });
});
