import { Annotations, Duration } from 'aws-cdk-lib';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { cronRules } from './private/cron-rules';
import { rateRules } from './private/rate-rules';
import { warningId } from './private/refuse';

/** Options of {@link RotationRules.rate}. */
export interface RotationRateOptions {
  /**
   * How long the rotation window stays open, in whole hours: 1 to 24, and no longer than the interval.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
   * @default - Secrets Manager's: one hour for an interval in hours, until the end of the UTC day for one in days
   */
  readonly window?: Duration;
}

/**
 * Options of {@link RotationRules.cron}: the fields of a Secrets Manager cron expression, in UTC.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export interface RotationCronOptions {
  /** The hour or hours at which the rotation window opens, in UTC: `3`, `2,14`, `0/8`. At least four hours apart. */
  readonly hour: string;

  /**
   * The minute. Rotation windows open on the hour: anything but `0` is refused.
   *
   * @default '0'
   */
  readonly minute?: string;

  /**
   * The day of the month: `1`, `1,15`, `L`. Not together with `weekDay`.
   *
   * @default - every day, or the days of `weekDay`
   */
  readonly day?: string;

  /**
   * The month: `1-12`, `JAN`, `JAN,JUL`.
   *
   * @default - every month
   */
  readonly month?: string;

  /**
   * The day of the week: `SUN`, `1-5`, `SUN#1`. Not together with `day`.
   *
   * @default - every day, or the days of `day`
   */
  readonly weekDay?: string;

  /**
   * The year. Secrets Manager knows no schedules that are more than a year apart: anything but `*` is refused.
   *
   * @default '*'
   */
  readonly year?: string;

  /**
   * How long the rotation window stays open, in whole hours: it ends within the UTC day that it began in, and before
   * the next window opens.
   *
   * @default - Secrets Manager's: one hour when several hours are named, else until the end of the UTC day
   */
  readonly window?: Duration;
}

/**
 * When Secrets Manager rotates a secret.
 *
 * Limits that Secrets Manager would refuse during a deployment are refused by the construct that the rules are given to.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
export class RotationRules {
  /**
   * Rotates at an interval of whole hours or days: at least 4 hours, at most 1000 days. An interval of whole days is
   * written in days, so that its window opens at midnight UTC.
   *
   * @param interval The time between two rotations.
   * @param options The rotation window.
   */
  public static rate(interval: Duration, options: RotationRateOptions = {}): RotationRules {
    return new RotationRules((scope) => rateRules(scope, interval, options), interval);
  }

  /**
   * Rotates at fixed hours of fixed days, in UTC.
   *
   * @param options The fields of the cron expression, and the rotation window.
   */
  public static cron(options: RotationCronOptions): RotationRules {
    return new RotationRules((scope) => cronRules(scope, options));
  }

  /**
   * Rotates when somebody calls `RotateSecret`, and never by itself.
   *
   * A change to this from a schedule leaves the earlier schedule in force in the account: CloudFormation does not call
   * `CancelRotateSecret`. The construct warns of it.
   *
   * @see https://github.com/aws/aws-cdk/issues/27460
   */
  public static onDemand(): RotationRules {
    return new RotationRules((scope) => {
      Annotations.of(scope).addWarningV2(
        warningId('on-demand'),
        'the secret rotates on demand only; a schedule that it had before stays in force until it is cancelled: aws secretsmanager cancel-rotate-secret --secret-id <secret>',
      );
      return undefined;
    });
  }

  private constructor(
    private readonly render: (scope: IConstruct) => CfnRotationSchedule.RotationRulesProperty | undefined,
    /** @internal */ public readonly _interval?: Duration,
  ) {}

  /** @internal */
  public _bind(scope: IConstruct): CfnRotationSchedule.RotationRulesProperty | undefined {
    return this.render(scope);
  }
}
