import { Duration } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';

export const HOURS_OF_A_DAY = 24;

/** Secrets Manager rotates "as often as every four hours" (user guide, rotation schedules). */
export const LEAST_HOURS = 4;

/** A window in whole hours, or undefined when none is given. The pattern of `Duration` is digits and `h`. */
export function windowHours(scope: IConstruct, window: Duration | undefined): number | undefined {
  if (window === undefined) return undefined;
  const hours = wholeHours(scope, 'window', window);
  if (hours < 1 || hours > HOURS_OF_A_DAY) {
    refuse(scope, `window must be 1 to 24 hours, got ${window.toHumanString()}; choose a window within one UTC day`);
  }
  return hours;
}

/** The hours of a duration that Secrets Manager can express. */
export function wholeHours(scope: IConstruct, name: string, duration: Duration): number {
  if (duration.isUnresolved()) {
    refuse(scope, `${name} must be known at synthesis, got a token; write it as a literal Duration`);
  }
  const hours = duration.toHours({ integral: false });
  if (!Number.isInteger(hours)) {
    refuse(scope, `${name} must be whole hours or days, got ${duration.toHumanString()}; Secrets Manager knows no minutes`);
  }
  return hours;
}
