import { Duration } from 'aws-cdk-lib';
import { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';

/** Options of `alarmOnFailure`. */
export interface AlarmOnFailureOptions {
  /**
   * Name of the alarm.
   *
   * @default - CloudFormation makes one
   */
  readonly alarmName?: string;

  /**
   * Description of the alarm.
   *
   * @default - says which rotation failed, and names the runbook, docs/runbook.md
   */
  readonly alarmDescription?: string;

  /**
   * What the alarm does.
   *
   * @default - it changes its state and nothing else
   */
  readonly alarmActions?: IAlarmAction[];

  /**
   * Over which time failures are counted: a multiple of a minute.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * How many failures within the period raise the alarm. Secrets Manager tries a failed rotation again: more than 1
   * leaves out a single failure that the next attempt heals.
   *
   * @default 1
   */
  readonly threshold?: number;
}
