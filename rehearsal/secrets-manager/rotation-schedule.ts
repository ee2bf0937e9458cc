import { invalidParameter } from './errors';

const HOURS_PER_DAY = 24;

/**
 * The hours at which a `cron(minutes hours day-of-month month day-of-week year)` opens its window:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export function hoursOfCron(expression: string): number[] {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/) ?? [];
  const [minutes, hours, dayOfMonth, , dayOfWeek, year] = fields;
  if (fields.length !== 6 || hours === undefined) {
    throw invalidParameter('A cron expression has six fields: minutes, hours, day of month, month, day of week, year.');
  }
  if (minutes !== '0') {
    throw invalidParameter('The minutes field of a cron expression must be 0.');
  }
  if (year !== '*') {
    throw invalidParameter('The year field of a cron expression must be *.');
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw invalidParameter('A cron expression sets the day of month or the day of week, and has ? for the other.');
  }
  return [...new Set(hours.split(',').flatMap(hoursOf))].sort((one, other) => one - other);
}

/** `8`, `8-16`, `*`, and each with a step: `/8` is `0/8`. */
function hoursOf(field: string): number[] {
  const [, range = '', step] = /^(\*|\d{1,2}|\d{1,2}-\d{1,2}|)(?:\/(\d{1,2}))?$/.exec(field) ?? [];
  const [from, to] = range === '*' || range === '' ? [0, undefined] : range.split('-').map(Number);
  const isSingle = step === undefined && to === undefined && range !== '*';
  const [first, last, every] = [from ?? 0, to ?? (isSingle ? from ?? 0 : HOURS_PER_DAY - 1), Number(step ?? 1)];
  if ((range === '' && step === undefined) || every < 1 || last >= HOURS_PER_DAY || first > last) {
    throw invalidParameter('The hours field of a cron expression must be hours from 0 to 23.');
  }
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every);
}
