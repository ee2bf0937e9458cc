import { DescribeSecretCommand, RotateSecretCommand, RotationRulesType } from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses } from './harness';

afterEach(stopHarnesses);

async function rotate(RotationRules: RotationRulesType): Promise<Harness> {
  const started = await harness({ invokeFunction: async () => undefined, rotationAttempts: 1 });
  const { arn } = started.service.createSecret({ name: 'app', secretString: 'one' });
  await started.client.send(new RotateSecretCommand({ SecretId: 'app', RotationLambdaARN: 'arn:function', RotationRules }));
  await started.service.rotationIdle(arn);
  return started;
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html and
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
describe('Rotation rules', () => {
  test.each<[RotationRulesType]>([
    [{ AutomaticallyAfterDays: 1 }], [{ AutomaticallyAfterDays: 1000 }], [{ AutomaticallyAfterDays: 30, Duration: '24h' }],
    [{ ScheduleExpression: 'rate(4 hours)' }], [{ ScheduleExpression: 'rate(4 hours)', Duration: '4h' }], [{ ScheduleExpression: 'rate(25 hours)' }],
    [{ ScheduleExpression: 'rate(1 day)' }], [{ ScheduleExpression: 'rate(1000 days)', Duration: '24h' }],
    [{ ScheduleExpression: 'cron(0 8 1 * ? *)', Duration: '16h' }], [{ ScheduleExpression: 'cron(0 /8 * * ? *)', Duration: '8h' }],
    [{ ScheduleExpression: 'cron(0 2,14 ? * SUN#1 *)' }], [{ ScheduleExpression: 'cron(0 0-20/4 L * ? *)', Duration: '4h' }],
  ])('accepts and shows %j', async (rules) => {
    const { client } = await rotate(rules);
    expect((await client.send(new DescribeSecretCommand({ SecretId: 'app' }))).RotationRules).toEqual(rules);
  });

  test.each<[string, RotationRulesType]>([
    ['both kinds', { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' }],
    ['no days', { AutomaticallyAfterDays: 0 }],
    ['more than 1000 days', { AutomaticallyAfterDays: 1001 }],
    ['a rate below 4 hours', { ScheduleExpression: 'rate(3 hours)' }],
    ['a rate in minutes', { ScheduleExpression: 'rate(240 minutes)' }],
    ['a rate above 1000 days', { ScheduleExpression: 'rate(1001 days)' }],
    ['no expression', { ScheduleExpression: 'at(2026-01-01T00:00:00)' }],
    ['a window without unit', { AutomaticallyAfterDays: 1, Duration: '3' }],
    ['an empty window', { AutomaticallyAfterDays: 1, Duration: '0h' }],
    ['a window longer than a day', { AutomaticallyAfterDays: 1, Duration: '25h' }],
    ['a window into the next one', { ScheduleExpression: 'rate(4 hours)', Duration: '5h' }],
    ['a cron window into the next day', { ScheduleExpression: 'cron(0 22 * * ? *)', Duration: '3h' }],
    ['a cron window into the next one', { ScheduleExpression: 'cron(0 2,8 * * ? *)', Duration: '7h' }],
    ['cron hours that are too close', { ScheduleExpression: 'cron(0 2,4 * * ? *)' }],
    ['cron at every hour', { ScheduleExpression: 'cron(0 * * * ? *)' }],
    ['cron minutes', { ScheduleExpression: 'cron(30 2 * * ? *)' }],
    ['a cron year', { ScheduleExpression: 'cron(0 2 * * ? 2027)' }],
    ['both cron days', { ScheduleExpression: 'cron(0 2 1 * SUN *)' }],
    ['neither cron day', { ScheduleExpression: 'cron(0 2 ? * ? *)' }],
    ['five cron fields', { ScheduleExpression: 'cron(0 2 * * ?)' }],
    ['a cron hour that no day has', { ScheduleExpression: 'cron(0 24 * * ? *)' }],
    ['a cron hour that is none', { ScheduleExpression: 'cron(0 noon * * ? *)' }],
  ])('refuses %s', async (_, rules) => {
    await expect(rotate(rules)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
