import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, MetricOptions, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventPattern, Match, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AlarmOnFailureOptions } from '../alarm-on-failure-options';
import { METRIC_NAMESPACE, METRICS } from './rotation-config';

const EVENT_SOURCE = 'aws.secretsmanager';

/** CloudTrail's names of what happens in a rotation (user guide, "CloudTrail entries for Secrets Manager"). */
const ROTATION_EVENTS = [
  'RotationStarted', 'RotationSucceeded', 'RotationFailed', 'RotationAbandoned',
  'TestRotationStarted', 'TestRotationSucceeded', 'TestRotationFailed',
];

/**
 * The metrics, alarms and events of a rotation.
 *
 * @internal jsii lifts its members into the rotations.
 */
export abstract class ObservableRotation extends Construct {
  public abstract readonly secret: ISecret;
  public abstract readonly function: IFunction;

  /**
   * A metric that the rotation function publishes, by name, in the namespace `CdkSecretRotation` with the dimension
   * `FunctionName`.
   *
   * @param metricName The name, for example `StepDuration`.
   * @param options Statistic, period and the like.
   */
  public metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { FunctionName: this.function.functionName },
      ...options,
    }).attachTo(this);
  }

  /**
   * Steps of rotations that failed. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  public metricRotationFailed(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.failed, { statistic: Stats.SUM, ...options });
  }

  /**
   * Rotations that promoted a new version. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  public metricRotationSucceeded(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.succeeded, { statistic: Stats.SUM, ...options });
  }

  /**
   * Duration of the steps of rotations. Milliseconds; default statistic: average.
   *
   * @param options Statistic, period and the like.
   */
  public metricStepDuration(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.duration, { statistic: Stats.AVERAGE, ...options });
  }

  /**
   * The window in which new sign-ins with the secret's current version fail: from the change of the password to the
   * promotion. Milliseconds; default statistic: maximum. Strategies with two credentials have none.
   *
   * @param options Statistic, period and the like.
   */
  public metricRefusalWindow(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.window, { statistic: Stats.MAXIMUM, ...options });
  }

  /**
   * Sign-ins that rotations tried. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  public metricSignIns(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.signIns, { statistic: Stats.SUM, ...options });
  }

  /**
   * Sign-ins of rotations that the server refused. Count; default statistic: sum. A normal rotation has none.
   *
   * @param options Statistic, period and the like.
   */
  public metricSignInsRefused(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.signInsRefused, { statistic: Stats.SUM, ...options });
  }

  /**
   * Calls and statements that rotations tried again. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  public metricRetries(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.retries, { statistic: Stats.SUM, ...options });
  }

  /**
   * Age of the replaced versions when they were replaced. Seconds; default statistic: maximum.
   *
   * @param options Statistic, period and the like.
   */
  public metricReplacedVersionAge(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.replacedVersionAge, { statistic: Stats.MAXIMUM, ...options });
  }

  /**
   * An alarm on failed rotations: steps that the function reports as failed, and errors of the function itself.
   * A time without rotations is none of failures.
   *
   * @param id Id of the alarm beneath this construct.
   * @param options Name, period and the like.
   */
  public alarmOnFailure(id: string, options: AlarmOnFailureOptions = {}): Alarm {
    const { alarmActions = [], period = Duration.minutes(5), threshold = 1, ...names } = options;
    const alarm = new Alarm(this, id, {
      alarmDescription: `The secret rotation ${this.node.path} failed. What to do: docs/runbook.md of cdk-secret-rotation.`,
      ...names,
      metric: this.failures(period),
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (alarmActions.length > 0) alarm.addAlarmAction(...alarmActions);
    return alarm;
  }

  /**
   * A rule for failed rotations: it makes an alarm as `alarmOnFailure` does, and matches its change to `ALARM`. It
   * needs no trail in CloudTrail.
   *
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  public onRotationFailed(id: string, options: OnEventOptions = {}): Rule {
    const alarm = this.alarmOnFailure(`${id}Alarm`);
    return this.rule(id, options, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: [alarm.alarmArn],
      detail: { state: { value: ['ALARM'] } },
    });
  }

  /**
   * A rule for succeeded rotations: Secrets Manager's own event `Secret Label Updated` for AWSCURRENT of this secret.
   * A change of AWSCURRENT by hand gives the same event.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  public onRotationSucceeded(id: string, options: OnEventOptions = {}): Rule {
    return this.rule(id, options, {
      source: [EVENT_SOURCE],
      detailType: ['Secret Label Updated'],
      resources: this.secretArnMatch(),
      detail: { labelUpdated: ['AWSCURRENT'] },
    });
  }

  /**
   * A rule for the events of a rotation that Secrets Manager writes to CloudTrail: `RotationStarted`,
   * `RotationSucceeded`, `RotationFailed`, `RotationAbandoned` and those of a test rotation. The account needs a trail
   * that logs management events: without one the rule never matches.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  public onRotationEvent(id: string, options: OnEventOptions = {}): Rule {
    return this.rule(id, options, {
      source: [EVENT_SOURCE],
      detailType: ['AWS Service Event via CloudTrail'],
      detail: { eventName: ROTATION_EVENTS, additionalEventData: { SecretId: this.secretArnMatch() } },
    });
  }

  /** Lambda's errors count what the engine cannot report: a time-out, a crash at start. */
  private failures(period: Duration): MathExpression {
    return new MathExpression({
      label: 'Failed rotation steps',
      expression: 'FILL(failed, 0) + FILL(errors, 0)',
      usingMetrics: {
        failed: this.metricRotationFailed({ period }),
        errors: this.function.metricErrors({ period, statistic: Stats.SUM }),
      },
      period,
    });
  }

  /** Of a secret known by name, the ARN's random end is open. */
  private secretArnMatch(): string[] {
    return this.secret.secretFullArn ? [this.secret.secretFullArn] : Match.prefix(`${this.secret.secretArn}-`);
  }

  private rule(id: string, options: OnEventOptions, pattern: EventPattern): Rule {
    const { crossStackScope, target, eventPattern, ...rest } = options;
    const rule = new Rule(crossStackScope ?? this, id, rest);
    rule.addEventPattern(eventPattern);
    rule.addEventPattern(pattern);
    rule.addTarget(target);
    return rule;
  }
}
