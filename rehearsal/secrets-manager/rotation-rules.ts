import { invalidParameter } from './errors';
import { Input } from './input';
import { hoursOfCron } from './rotation-schedule';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html */
export interface RotationRules {
  readonly automaticallyAfterDays?: number;
  /** The window: hours, as in `3h`. */
  readonly duration?: string;
  readonly scheduleExpression?: string;
}

const HOURS_PER_DAY = 24;
const SHORTEST_INTERVAL_HOURS = 4;
const LONGEST_INTERVAL_DAYS = 1000;
const MILLISECONDS_PER_HOUR = 3_600_000;

export function parseRotationRules(input: Input): RotationRules {
  return {
    automaticallyAfterDays: input.number('AutomaticallyAfterDays'),
    duration: input.string('Duration'),
    scheduleExpression: input.string('ScheduleExpression'),
  };
}

/** Refuses rules that Secrets Manager refuses; AWS documents the limits, the wording is ours. */
export function checkRotationRules(rules: RotationRules): void {
  const { automaticallyAfterDays: days, scheduleExpression: expression } = rules;
  if (days !== undefined && expression !== undefined) {
    throw invalidParameter('You can set the rotation schedule with AutomaticallyAfterDays or ScheduleExpression, but not both.');
  }
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > LONGEST_INTERVAL_DAYS)) {
    throw invalidParameter(`AutomaticallyAfterDays must be a whole number from 1 to ${LONGEST_INTERVAL_DAYS}.`);
  }
  checkWindow(windowStarts(expression), windowHours(rules.duration));
}

/** The date that DescribeSecret shows; of cron expressions none is computed here. */
export function nextRotationDate(rules: RotationRules | undefined, from: Date): Date | undefined {
  const hours = rules?.automaticallyAfterDays === undefined
    ? rateInHours(rules?.scheduleExpression)
    : rules.automaticallyAfterDays * HOURS_PER_DAY;
  return hours === undefined ? undefined : new Date(from.getTime() + hours * MILLISECONDS_PER_HOUR);
}

function windowHours(duration: string | undefined): number {
  if (duration === undefined) {
    return 1;
  }
  const hours = /^(\d{1,2})h$/.exec(duration)?.[1];
  if (hours === undefined || Number(hours) < 1) {
    throw invalidParameter('Duration must be a number of hours followed by h, for example 3h.');
  }
  return Number(hours);
}

/** Hours of a day at which a window opens. */
function windowStarts(expression: string | undefined): number[] {
  if (expression === undefined) {
    return [0];
  }
  if (expression.startsWith('cron(')) {
    return hoursOfCron(expression);
  }
  const hours = rateInHours(expression);
  if (hours === undefined) {
    throw invalidParameter('ScheduleExpression must be cron(...) or a rate(...) in hours or days, for example rate(10 days).');
  }
  if (hours < SHORTEST_INTERVAL_HOURS || hours > LONGEST_INTERVAL_DAYS * HOURS_PER_DAY) {
    throw invalidParameter(`The rate must be from ${SHORTEST_INTERVAL_HOURS} hours to ${LONGEST_INTERVAL_DAYS} days.`);
  }
  return Array.from({ length: Math.max(1, Math.floor(HOURS_PER_DAY / hours)) }, (_, index) => index * hours);
}

function rateInHours(expression: string | undefined): number | undefined {
  const [, count, unit] = /^rate\((\d+) (hour|hours|day|days)\)$/.exec(expression ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * (unit?.startsWith('day') === true ? HOURS_PER_DAY : 1);
}

/** "The window must not extend into the next rotation window or the next UTC day." */
function checkWindow(starts: readonly number[], hours: number): void {
  const ends = [...starts.slice(1), HOURS_PER_DAY];
  starts.forEach((start, index) => {
    const gap = (ends[index] ?? HOURS_PER_DAY) - start;
    if (index < starts.length - 1 && gap < SHORTEST_INTERVAL_HOURS) {
      throw invalidParameter(`Rotations must be at least ${SHORTEST_INTERVAL_HOURS} hours apart.`);
    }
    if (hours > gap) {
      throw invalidParameter('The rotation window must not extend into the next rotation window or the next UTC day.');
    }
  });
}
