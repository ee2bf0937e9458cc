import { Duration, Token } from 'aws-cdk-lib';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';
import { HOURS_OF_A_DAY, LEAST_HOURS, windowHours } from './rotation-window';

interface CronFields {
  readonly hour: string;
  readonly minute?: string;
  readonly day?: string;
  readonly month?: string;
  readonly weekDay?: string;
  readonly year?: string;
  readonly window?: Duration;
}

const NUMBER_FIELD = /^(\*|\d{1,2})(-\d{1,2})?(\/\d{1,2})?$/;
const DAY_FIELD = /^[0-9*?,\-/LW]+$/;
const MONTH_FIELD = /^[0-9A-Z*,\-/]+$/;
const WEEK_DAY_FIELD = /^[0-9A-Z*?,\-/#]+$/;

/** The rules of the user guide's page "Rotation schedules" for cron expressions. */
export function cronRules(scope: IConstruct, fields: CronFields): CfnRotationSchedule.RotationRulesProperty {
  checkFields(scope, fields);
  const hours = openingHours(scope, fields.hour);
  checkDistance(scope, fields, hours);
  const window = windowHours(scope, fields.window);
  if (window !== undefined) checkWindow(scope, hours, window);
  return {
    scheduleExpression: `cron(0 ${fields.hour} ${fields.day ?? (fields.weekDay ? '?' : '*')} ${fields.month ?? '*'} ${fields.weekDay ?? '?'} *)`,
    ...(window !== undefined ? { duration: `${window}h` } : {}),
  };
}

function checkFields(scope: IConstruct, { hour, minute = '0', day, month, weekDay, year = '*' }: CronFields): void {
  for (const [name, value] of Object.entries({ hour, minute, day, month, weekDay, year })) {
    if (Token.isUnresolved(value)) {
      refuse(scope, `${name} of RotationRules.cron must be known at synthesis, got a token; write it as a literal string`);
    }
  }
  if (minute !== '0') refuse(scope, `minute of RotationRules.cron must be '0', got '${minute}'; rotation windows open on the hour`);
  if (year !== '*') refuse(scope, `year of RotationRules.cron must be '*', got '${year}'; leave it out`);
  if (day !== undefined && weekDay !== undefined) {
    refuse(scope, `RotationRules.cron takes day or weekDay, got day '${day}' and weekDay '${weekDay}'; leave one out`);
  }
  checkPattern(scope, 'day', day, DAY_FIELD);
  checkPattern(scope, 'month', month, MONTH_FIELD);
  checkPattern(scope, 'weekDay', weekDay, WEEK_DAY_FIELD);
}

function checkPattern(scope: IConstruct, name: string, value: string | undefined, pattern: RegExp): void {
  if (value === undefined || pattern.test(value)) return;
  refuse(scope, `${name} of RotationRules.cron is no cron field, got '${value}'; use digits, names in upper case and , - * / ? L #`);
}

/** The hours of a day at which a window opens, in ascending order. */
function openingHours(scope: IConstruct, field: string): number[] {
  const hours = field.split(',').flatMap((part) => expand(scope, field, part));
  return [...new Set(hours)].sort((one, other) => one - other);
}

function expand(scope: IConstruct, field: string, part: string): number[] {
  const [, first = '', last, step] = NUMBER_FIELD.exec(part) ?? refuseHour(scope, field);
  const from = first === '*' ? 0 : Number(first);
  const to = last ? Number(last.slice(1)) : (first === '*' || step ? HOURS_OF_A_DAY - 1 : from);
  const by = step ? Number(step.slice(1)) : 1;
  if (from > to || to >= HOURS_OF_A_DAY || by < 1) refuseHour(scope, field);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function refuseHour(scope: IConstruct, field: string): never {
  refuse(scope, `hour of RotationRules.cron must name hours from 0 to 23, got '${field}'; for example '3', '2,14' or '0/8'`);
}

function checkDistance(scope: IConstruct, { hour, day = '*', weekDay = '?' }: CronFields, hours: readonly number[]): void {
  const everyDay = day === '*' && ['?', '*'].includes(weekDay);
  const openings = everyDay ? [...hours, (hours[0] ?? 0) + HOURS_OF_A_DAY] : hours;
  const least = Math.min(...gaps(openings));
  if (least < LEAST_HOURS) {
    refuse(scope, `hour '${hour}' of RotationRules.cron rotates ${least} hours after another rotation; Secrets Manager wants at least 4 hours in between`);
  }
}

function checkWindow(scope: IConstruct, hours: readonly number[], window: number): void {
  const last = Math.max(...hours);
  if (last + window > HOURS_OF_A_DAY) {
    refuse(scope, `a window of ${window} hours from ${last}:00 runs into the next UTC day; shorten it to ${HOURS_OF_A_DAY - last} hours or less, or open it earlier`);
  }
  const least = Math.min(...gaps(hours));
  if (window > least) {
    refuse(scope, `a window of ${window} hours runs into the next window ${least} hours later; shorten it to ${least} hours or less`);
  }
}

function gaps(hours: readonly number[]): number[] {
  return hours.slice(1).map((hour, index) => hour - (hours[index] ?? 0));
}
