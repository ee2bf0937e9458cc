import { measurementsIn } from '../lambda/function-log';
import type { Invocation } from '../lambda/local-function';
import type { RotationRun, StepRun } from '../report/model';
import type { LocalSecretsManager, RecordedCall, SecretLabelUpdated, ServiceEvent } from '../secrets-manager';

export interface RunRecordProps {
  readonly number: number;
  readonly secretArn: string;
  readonly epochMs: number;
  readonly notifications: LocalSecretsManager['notifications'];
}

const SUCCESS: readonly string[] = ['RotationSucceeded', 'TestRotationSucceeded'];
const FIRST_STEPS: readonly string[] = ['createSecret', 'testSecret'];

/** What is seen of one rotation while it runs. */
export class RunRecord {
  private readonly startedMs: number;
  private readonly steps: StepRun[] = [];
  private readonly lines: string[] = [];
  private readonly errors: string[] = [];
  private attempt = 0;
  private succeeded = false;
  private promotion?: Pick<RotationRun, 'promotedMs' | 'promotedVersion'>;

  constructor(private readonly props: RunRecordProps) {
    this.startedMs = this.now();
    props.notifications.on('serviceEvent', this.onServiceEvent);
    props.notifications.on('labelUpdated', this.onLabelUpdated);
  }

  /** Why the run failed; empty when it succeeded, also after a retry. */
  get failures(): readonly string[] {
    return this.succeeded ? [] : [...new Set(this.errors)].map(error => `${this.name}: ${error}`);
  }

  stepped(step: string, { cold, startedAt, durationMs, error, lines }: Invocation): void {
    if (step === FIRST_STEPS[this.props.number === 0 ? 1 : 0]) this.attempt += 1;
    this.lines.push(...lines);
    const reason = error === undefined ? undefined : measurementsIn(lines).reason ?? `${error.name}: ${error.message}`;
    if (reason !== undefined) this.errors.push(`${step}: ${reason}`);
    this.steps.push({ step, attempt: this.attempt, startedMs: startedAt - this.props.epochMs, durationMs, cold, error: reason });
  }

  /** RotateSecret itself was refused: no step was invoked. */
  refused(reason: string): void {
    this.errors.push(`RotateSecret: ${reason}`);
  }

  /** @param serviceCalls what was called of other services */
  close(calls: readonly RecordedCall[], serviceCalls: readonly string[] = []): RotationRun {
    this.props.notifications.off('serviceEvent', this.onServiceEvent);
    this.props.notifications.off('labelUpdated', this.onLabelUpdated);
    const { windowMs, windowStartedAt, signIns, signInsRefused } = measurementsIn(this.lines);
    return {
      number: this.props.number,
      startedMs: this.startedMs,
      finishedMs: this.now(),
      succeeded: this.succeeded,
      steps: this.steps,
      windowMs,
      windowStartedMs: windowStartedAt === undefined ? undefined : windowStartedAt - this.props.epochMs,
      ...this.promotion,
      secretsManagerCalls: countEach(calls.map(({ action }) => action)),
      ...serviceCalls.length > 0 ? { serviceCalls: countEach(serviceCalls) } : {},
      signIns,
      signInsRefused,
    };
  }

  private get name(): string {
    return this.props.number === 0 ? 'preflight' : `rotation ${this.props.number}`;
  }

  private readonly onServiceEvent = ({ eventName, additionalEventData, errorMessage }: ServiceEvent): void => {
    if (additionalEventData.SecretId !== this.props.secretArn) return;
    if (SUCCESS.includes(eventName)) this.succeeded = true;
    else if (errorMessage !== undefined && this.errors.length === 0) this.errors.push(errorMessage);
    if (eventName === 'RotationAbandoned') this.errors.push('the rotation was abandoned: a new version was created meanwhile');
  };

  private readonly onLabelUpdated = ({ resources, detail }: SecretLabelUpdated): void => {
    if (resources[0] !== this.props.secretArn || detail.labelUpdated !== 'AWSCURRENT') return;
    this.promotion = { promotedMs: this.now(), promotedVersion: detail.versionId.slice(0, 8) };
  };

  private now(): number {
    return Date.now() - this.props.epochMs;
  }
}

function countEach(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
