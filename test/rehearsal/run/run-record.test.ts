import { Invocation } from '../../../rehearsal/lambda/local-function';
import { RunRecord } from '../../../rehearsal/run/run-record';
import { LocalSecretsManager, RecordedCall } from '../../../rehearsal/secrets-manager';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf';

const { notifications } = new LocalSecretsManager();

function invocation(outcome: Partial<Invocation> = {}): Invocation {
  return { cold: false, startedAt: Date.now(), durationMs: 5, lines: [], ...outcome };
}

function record(number = 1): RunRecord {
  return new RunRecord({ number, secretArn: SECRET_ARN, epochMs: Date.now(), notifications });
}

test('a run that succeeds after a retry has no failure, and both attempts', () => {
  const run = record();
  run.stepped('createSecret', invocation({ error: { name: 'Error', message: 'once' } }));
  run.stepped('createSecret', invocation());
  notifications.serviceEvent('RotationSucceeded', SECRET_ARN);
  const { succeeded, steps } = run.close([]);
  expect([succeeded, run.failures]).toEqual([true, []]);
  expect(steps.map(({ attempt, error }) => [attempt, error])).toEqual([[1, 'Error: once'], [2, undefined]]);
});

test('a run fails with the reason that the function logged, once for all attempts', () => {
  const run = record();
  const lines = [JSON.stringify({ code: 'DRIFT', reason: 'the twins differ' })];
  run.stepped('testSecret', invocation({ error: { name: 'DRIFT', message: 'long' }, lines }));
  run.stepped('testSecret', invocation({ error: { name: 'DRIFT', message: 'long' }, lines }));
  expect([run.close([]).succeeded, run.failures]).toEqual([false, ['rotation 1: testSecret: DRIFT: the twins differ']]);
});

test('a rotation that Secrets Manager abandoned says so', () => {
  const run = record();
  notifications.serviceEvent('RotationAbandoned', SECRET_ARN);
  run.close([]);
  expect(run.failures).toEqual(['rotation 1: the rotation was abandoned: a new version was created meanwhile']);
});

test('a preflight is called so', () => {
  const run = record(0);
  run.stepped('testSecret', invocation({ error: { name: 'Error', message: 'no' } }));
  run.close([]);
  expect(run.failures).toEqual(['preflight: testSecret: Error: no']);
});

test('what happens to other secrets, or after the run, is not this run\'s', () => {
  const run = record();
  notifications.serviceEvent('RotationSucceeded', `${SECRET_ARN}X`);
  notifications.labelUpdated({ arn: `${SECRET_ARN}X`, name: 'other' }, 'AWSCURRENT', '11111111-2222');
  const { succeeded, promotedVersion } = run.close([]);
  notifications.serviceEvent('RotationSucceeded', SECRET_ARN);
  expect([succeeded, promotedVersion, run.failures]).toEqual([false, undefined, []]);
});

test('promotion, sign-ins and calls are counted', () => {
  const run = record();
  run.stepped('finishSecret', invocation({ lines: [JSON.stringify({ SignIns: 2, SignInsRefused: 1, RefusalWindow: 9 })] }));
  notifications.labelUpdated({ arn: SECRET_ARN, name: 'app' }, 'AWSCURRENT', '11111111-2222');
  const call = (action: string): RecordedCall => ({ sequence: 1, action, outcome: 'ok', effective: true, at: new Date() });
  expect(run.close([call('GetSecretValue'), call('GetSecretValue'), call('PutSecretValue')])).toMatchObject({
    promotedVersion: '11111111',
    promotedMs: expect.any(Number),
    signIns: 2,
    signInsRefused: 1,
    windowMs: 9,
    secretsManagerCalls: { GetSecretValue: 2, PutSecretValue: 1 },
  });
});
