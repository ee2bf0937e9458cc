import { RotationError } from './contract/errors';
import { Log, LogFields } from './contract/log';
import { Measurements } from './contract/measurements';
import { RotationRequest } from './rotation-event';
import { METRIC_NAMESPACE, METRICS } from '../../src/private/rotation-config';

interface Note extends LogFields {
  readonly level: 'INFO' | 'WARN';
  readonly message: string;
}

/**
 * What one step says: a single JSON line with fixed fields, which is also a record in the embedded metric format. Fields are named
 * one by one, never spread from an object that somebody else filled: that is how credentials get into logs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class StepRecord implements Log {
  private readonly started = Date.now();
  private readonly notes: Note[] = [];

  constructor(private readonly measurements: Measurements) {}

  info(message: string, fields: LogFields = {}): void {
    this.note('INFO', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.note('WARN', message, fields);
  }

  /** The line for a step that ended, with the failure if it failed. `request` is undefined for a malformed event. */
  line(request: RotationRequest | undefined, failure?: RotationError): string {
    return JSON.stringify({
      level: failure ? 'ERROR' : this.notes.some(({ level }) => level === 'WARN') ? 'WARN' : 'INFO',
      message: failure ? 'the step failed' : 'the step is done',
      step: request?.step,
      secretArn: request?.secretArn,
      versionId: request?.clientRequestToken,
      code: failure?.code,
      reason: failure?.reason,
      remedy: failure?.remedy,
      notes: this.notes.length > 0 ? this.notes : undefined,
      windowStartedAt: this.measurements.windowStartedAt,
      ...this.metrics(failure),
    });
  }

  private note(level: Note['level'], message: string, fields: LogFields): void {
    const { username, endpoint, versionId, replacedVersionId, label, detail, drift, count, milliseconds } = fields;
    this.notes.push({ level, message, username, endpoint, versionId, replacedVersionId, label, detail, drift, count, milliseconds });
  }

  private metrics(failure: RotationError | undefined): object {
    const { signIns, signInsRefused, retries, windowMs, replacedVersionAgeSeconds, promoted } = this.measurements;
    const values: [name: string, unit: string, value: number | undefined][] = [
      [METRICS.failed, 'Count', failure ? 1 : 0],
      [METRICS.succeeded, 'Count', promoted ? 1 : undefined],
      [METRICS.duration, 'Milliseconds', Date.now() - this.started],
      [METRICS.window, 'Milliseconds', windowMs],
      [METRICS.signIns, 'Count', signIns],
      [METRICS.signInsRefused, 'Count', signInsRefused],
      [METRICS.retries, 'Count', retries],
      [METRICS.replacedVersionAge, 'Seconds', replacedVersionAgeSeconds],
    ];
    const known = values.filter(([, , value]) => value !== undefined);
    return {
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [{
          Namespace: METRIC_NAMESPACE,
          Dimensions: [['FunctionName']],
          Metrics: known.map(([Name, Unit]) => ({ Name, Unit })),
        }],
      },
      FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown',
      ...Object.fromEntries(known.map(([name, , value]) => [name, value])),
    };
  }
}
