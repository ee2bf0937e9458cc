import { Duration } from 'aws-cdk-lib';
import { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { IConnectable, IInterfaceVpcEndpoint, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { Architecture, IFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule, ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { AlarmOnFailureOptions } from './alarm-on-failure-options';
import { PasswordPolicy } from './password-policy';
import { RotationRules } from './rotation-rules';

/** What every rotation offers, whatever its strategy and service. */
export interface IRotation extends IConstruct, IGrantable, IConnectable {
  /** The secret that is rotated. */
  readonly secret: ISecret;

  /**
   * The secret of the superuser that changes the credential.
   *
   * @default - none: the credential changes itself
   */
  readonly superuserSecret?: ISecret;

  /** The rotation function. */
  readonly function: IFunction;

  /** The schedule; also `node.defaultChild`. */
  readonly schedule: CfnRotationSchedule;

  /** Where the rotation function logs. */
  readonly logGroup: ILogGroup;

  /**
   * A metric that the rotation function publishes, by name, in the namespace `CdkSecretRotation` with the dimension
   * `FunctionName`.
   *
   * @param metricName The name, for example `StepDuration`.
   * @param options Statistic, period and the like.
   */
  metric(metricName: string, options?: MetricOptions): Metric;

  /**
   * Steps of rotations that failed. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  metricRotationFailed(options?: MetricOptions): Metric;

  /**
   * Rotations that promoted a new version. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  metricRotationSucceeded(options?: MetricOptions): Metric;

  /**
   * Duration of the steps of rotations. Milliseconds; default statistic: average.
   *
   * @param options Statistic, period and the like.
   */
  metricStepDuration(options?: MetricOptions): Metric;

  /**
   * The window in which new sign-ins with the secret's current version fail: from the change of the password to the
   * promotion. Milliseconds; default statistic: maximum. Strategies with two credentials have none.
   *
   * @param options Statistic, period and the like.
   */
  metricRefusalWindow(options?: MetricOptions): Metric;

  /**
   * Sign-ins that rotations tried. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  metricSignIns(options?: MetricOptions): Metric;

  /**
   * Sign-ins of rotations that the server refused. Count; default statistic: sum. A normal rotation has none.
   *
   * @param options Statistic, period and the like.
   */
  metricSignInsRefused(options?: MetricOptions): Metric;

  /**
   * Calls and statements that rotations tried again. Count; default statistic: sum.
   *
   * @param options Statistic, period and the like.
   */
  metricRetries(options?: MetricOptions): Metric;

  /**
   * Age of the replaced versions when they were replaced. Seconds; default statistic: maximum.
   *
   * @param options Statistic, period and the like.
   */
  metricReplacedVersionAge(options?: MetricOptions): Metric;

  /**
   * An alarm on failed rotations: steps that the function reports as failed, and errors of the function itself.
   *
   * @param id Id of the alarm beneath this construct.
   * @param options Name, period and the like.
   */
  alarmOnFailure(id: string, options?: AlarmOnFailureOptions): Alarm;

  /**
   * A rule for failed rotations: it makes an alarm as `alarmOnFailure` does, and matches its change to `ALARM`. It
   * needs no trail in CloudTrail.
   *
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  onRotationFailed(id: string, options?: OnEventOptions): Rule;

  /**
   * A rule for succeeded rotations: Secrets Manager's own event `Secret Label Updated` for AWSCURRENT of this secret.
   * A change of AWSCURRENT by hand gives the same event.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  onRotationSucceeded(id: string, options?: OnEventOptions): Rule;

  /**
   * A rule for the events of a rotation that Secrets Manager writes to CloudTrail: `RotationStarted`,
   * `RotationSucceeded`, `RotationFailed`, `RotationAbandoned` and those of a test rotation. The account needs a trail
   * that logs management events: without one the rule never matches.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
   * @param id Id of the rule beneath this construct.
   * @param options Target of the rule, and the like.
   */
  onRotationEvent(id: string, options?: OnEventOptions): Rule;
}

/** Props that rotations of all strategies and services have. */
export interface RotationProps {
  /**
   * The secret to rotate. Its value is a JSON object: of a user, AWS's JSON structure of a database secret; unknown keys are kept.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
   * @default - what the strategy says: a new secret, or the target's own
   */
  readonly secret?: ISecret;

  /**
   * When the secret is rotated.
   *
   * @default RotationRules.rate(Duration.days(30))
   */
  readonly rotationRules?: RotationRules;

  /**
   * Whether Secrets Manager rotates the secret as soon as the schedule is created, and after each change of it. With
   * `false` it tests instead whether a rotation would work, and changes nothing. A secret that the construct creates
   * needs its first rotation, which tells the database or service: `false` is refused.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
   * @default - true when the construct creates the secret, false when the secret is given
   */
  readonly rotateImmediatelyOnUpdate?: boolean;

  /**
   * What new passwords are drawn from.
   *
   * @default - 32 printable ASCII characters without those that `rds.DatabaseSecret` excludes, at least one of each class
   */
  readonly passwordPolicy?: PasswordPolicy;

  /**
   * The VPC in which the function runs.
   *
   * @default - the target's, where it is known; else the function runs outside a VPC
   */
  readonly vpc?: IVpc;

  /**
   * The subnets in which the function runs. It must reach the target and Secrets Manager: public subnets are refused
   * without `endpoint`, isolated ones give a warning.
   *
   * @default - the VPC's private subnets with egress
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The function's security groups. Rules for the target and for `endpoint` are added on their side; ways out of a
   * given group are its owner's.
   *
   * @default - a new group, out to the database and to Secrets Manager only
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * The interface endpoint of Secrets Manager through which the function goes. It is opened to the function, and named
   * to the function when its private DNS is off.
   *
   * @default - none: the function takes the usual name of the service
   */
  readonly endpoint?: IInterfaceVpcEndpoint;

  /**
   * The function's role. It gets the permissions that the rotation needs.
   *
   * @default - a new role, with these permissions and no managed policy
   */
  readonly role?: IRole;

  /**
   * Whether the policy of a customer managed key of the secrets gets a statement for the function's role. Needed where
   * the key's policy does not leave access to IAM. Errors: refused for a key of another stack, or an imported one.
   *
   * @default false - the role's own policy allows the use of the key, and its key policy stays as it is
   */
  readonly grantKeyAccess?: boolean;

  /**
   * The function's memory, in MiB: 128 to 10240. Processor time comes with it.
   *
   * @default 256 - a rotation holds some 80 MiB; the rest buys the processor time that keeps sign-ins short
   */
  readonly memorySize?: number;

  /**
   * How long a step may take: 10 seconds to 15 minutes. Waits within a step end before it.
   *
   * @default Duration.minutes(1) - room for a reader that lags or a connection limit that is reached for a moment;
   * Secrets Manager tries a failed rotation again anyway
   */
  readonly timeout?: Duration;

  /**
   * The function's processor architecture.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;

  /**
   * The function's runtime: Node.js 20 or later.
   *
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: Runtime;

  /**
   * Where the function logs. Not together with `logRetention`.
   *
   * @default - a new log group, deleted with the construct
   */
  readonly logGroup?: ILogGroup;

  /**
   * How long the new log group keeps what the function logs.
   *
   * @default RetentionDays.THREE_MONTHS - the last rotations of a monthly schedule can be compared
   */
  readonly logRetention?: RetentionDays;

  /**
   * X-Ray tracing of the function. Lambda needs two actions for it that have no resource level.
   *
   * @default Tracing.DISABLED
   */
  readonly tracing?: Tracing;

  /**
   * Concurrent executions set aside for the function.
   *
   * @default - none set aside
   */
  readonly reservedConcurrentExecutions?: number;
}
