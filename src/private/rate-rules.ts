import { Duration } from 'aws-cdk-lib';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';
import { HOURS_OF_A_DAY, LEAST_HOURS, wholeHours, windowHours } from './rotation-window';

/** `RotationRulesType.AutomaticallyAfterDays` of the API reference: 1 to 1000. */
const MOST_DAYS = 1000;

export function rateRules(scope: IConstruct, interval: Duration, options: { readonly window?: Duration }): CfnRotationSchedule.RotationRulesProperty {
  const hours = wholeHours(scope, 'the interval of RotationRules.rate', interval);
  if (hours < LEAST_HOURS || hours > MOST_DAYS * HOURS_OF_A_DAY) {
    refuse(scope, `the interval of RotationRules.rate must be 4 hours to 1000 days, got ${interval.toHumanString()}; use RotationRules.onDemand() for no schedule`);
  }
  const window = windowHours(scope, options.window);
  if (window !== undefined && window > hours) {
    refuse(scope, `a window of ${window} hours runs into the next window of a rotation every ${hours} hours; shorten it to ${hours} hours or less`);
  }
  return {
    scheduleExpression: `rate(${hours % HOURS_OF_A_DAY === 0 ? count(hours / HOURS_OF_A_DAY, 'day') : count(hours, 'hour')})`,
    ...(window !== undefined ? { duration: `${window}h` } : {}),
  };
}

function count(value: number, unit: string): string {
  return value === 1 ? `1 ${unit}` : `${value} ${unit}s`;
}
