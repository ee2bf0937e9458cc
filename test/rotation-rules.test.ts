import { Duration, Lazy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { newStack, publicTarget, warningIds } from './support/constructs-fixtures';
import { RotationCronOptions, RotationRules, SuperuserRotation } from 'cdk-secret-rotation';

const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';

function templateOf(rotationRules?: RotationRules): Template {
  const stack = newStack();
  new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', rotationRules });
  return Template.fromStack(stack);
}

function rules(rotationRules?: RotationRules): unknown {
  const [schedule] = Object.values(templateOf(rotationRules).findResources(SCHEDULE));
  return schedule?.Properties.RotationRules;
}

describe('RotationRules', () => {
  test('rotates every 30 days by default', () => {
    expect(rules()).toEqual({ ScheduleExpression: 'rate(30 days)' });
  });

  test.each([
    [Duration.hours(4), 'rate(4 hours)'],
    [Duration.hours(25), 'rate(25 hours)'],
    [Duration.hours(48), 'rate(2 days)'],
    [Duration.days(1), 'rate(1 day)'],
    [Duration.minutes(240), 'rate(4 hours)'],
    [Duration.days(1000), 'rate(1000 days)'],
  ])('renders a rate of %s', (interval, expression) => {
    expect(rules(RotationRules.rate(interval))).toEqual({ ScheduleExpression: expression });
  });

  test('renders the window of a rate', () => {
    expect(rules(RotationRules.rate(Duration.days(7), { window: Duration.hours(3) })))
      .toEqual({ ScheduleExpression: 'rate(7 days)', Duration: '3h' });
  });

  test.each<[RotationCronOptions, string]>([
    [{ hour: '3' }, 'cron(0 3 * * ? *)'],
    [{ hour: '3', weekDay: 'SUN' }, 'cron(0 3 ? * SUN *)'],
    [{ hour: '3', weekDay: 'SUN#1' }, 'cron(0 3 ? * SUN#1 *)'],
    [{ hour: '3', day: 'L', month: 'JAN,JUL' }, 'cron(0 3 L JAN,JUL ? *)'],
    [{ hour: '0/8', minute: '0', year: '*' }, 'cron(0 0/8 * * ? *)'],
    [{ hour: '*/4' }, 'cron(0 */4 * * ? *)'],
    [{ hour: '2,14' }, 'cron(0 2,14 * * ? *)'],
  ])('renders the cron fields %j', (fields, expression) => {
    expect(rules(RotationRules.cron(fields))).toEqual({ ScheduleExpression: expression });
  });

  test('renders the window of a cron expression up to the end of the UTC day', () => {
    expect(rules(RotationRules.cron({ hour: '22', window: Duration.hours(2) })))
      .toEqual({ ScheduleExpression: 'cron(0 22 * * ? *)', Duration: '2h' });
  });

  test('renders no rules on demand, not even empty ones, and warns of an earlier schedule', () => {
    const stack = newStack();
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', rotationRules: RotationRules.onDemand() });
    Template.fromStack(stack).hasResourceProperties(SCHEDULE, { RotationRules: Match.absent() });
    expect(warningIds(stack)).toEqual(['cdk-secret-rotation:on-demand']);
  });

  test.each([
    [Duration.hours(3), 'got 3 hours'],
    [Duration.minutes(250), 'Secrets Manager knows no minutes'],
    [Duration.days(1001), 'got 1001 days'],
    [Duration.hours(Lazy.number({ produce: () => 5 })), 'must be known at synthesis'],
  ])('refuses a rate of %s', (interval, message) => {
    expect(() => rules(RotationRules.rate(interval))).toThrow(new RegExp(`^Stack/Rotation: .*${message}`));
  });

  test.each([
    [Duration.hours(4), Duration.hours(5), 'shorten it to 4 hours or less'],
    [Duration.days(7), Duration.hours(25), 'got 1 day 1 hour'],
    [Duration.days(7), Duration.minutes(30), 'whole hours or days'],
    [Duration.days(7), Duration.hours(0), 'must be 1 to 24 hours'],
  ])('refuses a rate of %s with a window of %s', (interval, window, message) => {
    expect(() => rules(RotationRules.rate(interval, { window }))).toThrow(message);
  });

  test.each<[RotationCronOptions, string]>([
    [{ hour: '3', minute: '30' }, 'minute of RotationRules.cron must be \'0\', got \'30\''],
    [{ hour: '3', year: '2030' }, 'year of RotationRules.cron must be \'*\', got \'2030\''],
    [{ hour: '3', day: '1', weekDay: 'SUN' }, 'takes day or weekDay, got day \'1\' and weekDay \'SUN\''],
    [{ hour: '24' }, 'hours from 0 to 23, got \'24\''],
    [{ hour: '5-3' }, 'hours from 0 to 23, got \'5-3\''],
    [{ hour: 'three' }, 'hours from 0 to 23, got \'three\''],
    [{ hour: '0/0' }, 'hours from 0 to 23, got \'0/0\''],
    [{ hour: '3', day: 'first' }, 'day of RotationRules.cron is no cron field, got \'first\''],
    [{ hour: '3', month: 'jan' }, 'month of RotationRules.cron is no cron field, got \'jan\''],
    [{ hour: '3', weekDay: 'on sunday' }, 'weekDay of RotationRules.cron is no cron field, got \'on sunday\''],
    [{ hour: '*' }, 'at least 4 hours in between'],
    [{ hour: '2,4' }, 'rotates 2 hours after another rotation'],
    [{ hour: '0,22' }, 'rotates 2 hours after another rotation'],
    [{ hour: '22', window: Duration.hours(3) }, 'shorten it to 2 hours or less, or open it earlier'],
    [{ hour: '0,4', weekDay: 'SUN', window: Duration.hours(5) }, 'runs into the next window 4 hours later'],
    [{ hour: Lazy.string({ produce: () => '3' }) }, 'hour of RotationRules.cron must be known at synthesis'],
  ])('refuses the cron fields %j', (fields, message) => {
    expect(() => rules(RotationRules.cron(fields))).toThrow(message);
  });
});
