import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RotationDefinition } from '../assembly/discovery';
import type { LocalFunction } from '../lambda/local-function';
import type { RotationRun } from '../report/model';
import type { RotationEvent } from '../secrets-manager';
import { callSecretsManager } from './json-client';
import { RunRecord } from './run-record';
import type { RunningSecretsManager } from './secrets-managers';
import type { Stage } from './stages';

export interface RotationRunsProps {
  readonly rotation: RotationDefinition;
  readonly function: LocalFunction;
  readonly accessKeyId: string;
  readonly secretsManager: RunningSecretsManager;
  /** What the rotation signs in to. */
  readonly stage: Stage;
  /** `Date.now()` at the rehearsal's start. */
  readonly epochMs: number;
  /** Least time between the starts of two rotations of the secret. */
  readonly intervalMs: number;
  readonly onStep: (what: string) => void;
}

/** The rotations of one secret, one after the other. */
export class RotationRuns {
  private readonly runs: RotationRun[] = [];
  private readonly errors: string[] = [];
  private record?: RunRecord;
  private rotationRules?: unknown;
  private nextAt = 0;

  constructor(private readonly props: RotationRunsProps) {}

  get all(): readonly RotationRun[] {
    return this.runs;
  }

  /** What kept a run from succeeding, in order. */
  get failures(): readonly string[] {
    return this.errors;
  }

  get failed(): boolean {
    return this.errors.length > 0;
  }

  configure(rotationRules: unknown): void {
    this.rotationRules = rotationRules;
  }

  /** Secrets Manager's test of a rotation that does not rotate at once: testSecret alone. */
  async preflight(): Promise<RotationRun> {
    return this.perform(0, false);
  }

  async rotate(number: number): Promise<RotationRun> {
    await sleep(Math.max(0, this.nextAt - Date.now()));
    this.nextAt = Date.now() + this.props.intervalMs;
    if (number > 1) this.passTime();
    return this.perform(number, true);
  }

  /** A step that Secrets Manager asks of the function. */
  async invoke(event: RotationEvent): Promise<void> {
    this.props.onStep(event.Step);
    const invocation = await this.props.function.invoke(event);
    this.record?.stepped(event.Step, invocation);
    if (invocation.error !== undefined) throw new Error(`${invocation.error.name}: ${invocation.error.message}`);
  }

  private passTime(): void {
    const { stage, rotation, secretsManager: { service } } = this.props;
    service.age(rotation.secretArn, stage.passTime(rotation));
  }

  private async perform(number: number, rotateImmediately: boolean): Promise<RotationRun> {
    const { secretsManager: { service }, stage, accessKeyId, rotation: { secretArn }, epochMs } = this.props;
    await this.props.function.coolDown();
    const record = new RunRecord({ number, secretArn, epochMs, notifications: service.notifications });
    this.record = record;
    const callsBefore = service.calls.length;
    const stageCallsBefore = stage.calls().length;
    await this.request(record, rotateImmediately);
    await service.rotationIdle(secretArn);
    const calls = service.calls.slice(callsBefore).filter(call => call.accessKeyId === accessKeyId);
    const run = record.close(calls, stage.calls().slice(stageCallsBefore).filter(call => call.accessKeyId === accessKeyId).map(({ what }) => what));
    this.runs.push(run);
    this.errors.push(...record.failures);
    return run;
  }

  private async request(record: RunRecord, rotateImmediately: boolean): Promise<void> {
    const { secretsManager: { endpoint }, rotation: { secretArn, functionArn } } = this.props;
    try {
      await callSecretsManager(endpoint, 'RotateSecret', {
        SecretId: secretArn,
        ClientRequestToken: randomUUID(),
        RotationLambdaARN: functionArn,
        RotationRules: this.rotationRules,
        RotateImmediately: rotateImmediately,
      });
    } catch (error: unknown) {
      record.refused(error instanceof Error ? error.message : String(error));
    }
  }
}
