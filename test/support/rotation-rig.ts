import { randomUUID } from 'node:crypto';
import { CancelRotateSecretCommand, PutSecretValueCommand, SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { Invocation } from '../../lambda/engine/contract/invocation';
import { createHandler, RotationHandler } from '../../lambda/engine/handler';
import { RotationStrategy } from '../../lambda/engine/strategy';
import { Fault, FaultPoint, LocalSecretsManager, LocalSecretsManagerOptions } from '../../rehearsal/secrets-manager';
import { PasswordPolicyConfig, ROTATION_CONFIG } from '../../src/private/rotation-config';

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type StepName = (typeof STEPS)[number];

export const PASSWORD_POLICY: PasswordPolicyConfig = {
  length: 32, excludeCharacters: '', excludeLowercase: false, excludeUppercase: false, excludeNumbers: false, excludePunctuation: false, requireEachIncludedType: true,
};

export interface RigOptions<Config> extends LocalSecretsManagerOptions {
  readonly config: Config;
  readonly strategy: (config: Config, invocation: Invocation) => RotationStrategy;
  readonly secretString: string;
  /** What Lambda says is left at the start of each step, in milliseconds. */
  readonly remainingMs?: number;
}

/** A step that failed, as Secrets Manager sees it. */
export class StepFailed extends Error {
  constructor(readonly step: StepName, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The real handler against the local Secrets Manager, over HTTP with the real SDK. */
export class RotationRig {
  static async start<Config>(options: RigOptions<Config>): Promise<RotationRig> {
    const started: { rig?: RotationRig } = {};
    const { config, strategy, secretString, remainingMs = 30_000, ...service } = options;
    const secretsManager = new LocalSecretsManager({ fault: (point) => started.rig?.fault(point), ...service });
    const { endpoint } = await secretsManager.start();
    Object.assign(process.env, {
      [ROTATION_CONFIG]: JSON.stringify(config),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAFUNCTION',
      AWS_SECRET_ACCESS_KEY: 'not-checked-here',
      AWS_LAMBDA_FUNCTION_NAME: 'rotation',
    });
    const { arn } = secretsManager.createSecret({ name: `secret-${randomUUID()}`, secretString });
    secretsManager.enableRotation(arn, { functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rotation' });
    started.rig = new RotationRig(secretsManager, arn, createHandler<Config>(strategy), remainingMs);
    return started.rig;
  }

  /** Each line that the function wrote, parsed. */
  readonly lines: Record<string, unknown>[] = [];
  /** All that the function wrote, as text. */
  output = '';
  remainingMs: number;
  /** Consulted for each call of Secrets Manager; set it to make calls fail. */
  fault: (point: FaultPoint) => Fault | undefined;
  private readonly release: () => void;

  private constructor(
    readonly secretsManager: LocalSecretsManager,
    readonly secretArn: string,
    private readonly handler: RotationHandler,
    remainingMs: number,
  ) {
    this.remainingMs = remainingMs;
    this.fault = () => undefined;
    this.release = this.capture();
  }

  async stop(): Promise<void> {
    this.release();
    await this.secretsManager.stop();
  }

  begin(token?: string): string {
    return this.secretsManager.beginRotation(this.secretArn, token);
  }

  async step(step: StepName, token: string): Promise<void> {
    const ends = Date.now() + this.remainingMs;
    try {
      await this.handler(
        { Step: step, SecretId: this.secretArn, ClientRequestToken: token, RotationToken: 'rotation-token-that-must-never-be-logged' },
        { getRemainingTimeInMillis: () => ends - Date.now() },
      );
    } catch (error: unknown) {
      throw new StepFailed(step, error);
    }
  }

  /** The step that a schedule of the construct's own asks for. */
  async retire(): Promise<void> {
    await this.handler({ Step: 'retire', SecretId: this.secretArn }, { getRemainingTimeInMillis: () => this.remainingMs });
  }

  /** All four steps, once. */
  async steps(token: string): Promise<void> {
    for (const step of STEPS) await this.step(step, token);
  }

  /** One rotation without retries; returns its token. */
  async rotate(): Promise<string> {
    const token = this.begin();
    await this.steps(token);
    return token;
  }

  /** What Secrets Manager does about a failed step: all four steps again, with the same token. */
  async stepsWithRetries(token: string, attempts = 3): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.steps(token);
      } catch (error: unknown) {
        if (attempt === attempts) throw error;
      }
    }
  }

  /** An operator cancels: rotation is off, and AWSPENDING is removed as AWS's page tells operators to. */
  async cancel(): Promise<void> {
    const client = new SecretsManagerClient({});
    await client.send(new CancelRotateSecretCommand({ SecretId: this.secretArn }));
    const pending = this.secretsManager.snapshot(this.secretArn).labels.AWSPENDING;
    if (pending === undefined) return;
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: this.secretArn, VersionStage: 'AWSPENDING', RemoveFromVersionId: pending }));
  }

  /** An operator moves AWSCURRENT back to AWSPREVIOUS. */
  async rollBack(): Promise<void> {
    await this.moveCurrent(this.secretsManager.snapshot(this.secretArn).labels.AWSPREVIOUS ?? '');
  }

  async moveCurrent(to: string): Promise<void> {
    const { AWSCURRENT } = this.secretsManager.snapshot(this.secretArn).labels;
    await new SecretsManagerClient({}).send(new UpdateSecretVersionStageCommand({
      SecretId: this.secretArn, VersionStage: 'AWSCURRENT', MoveToVersionId: to, RemoveFromVersionId: AWSCURRENT,
    }));
  }

  /** Somebody stores a value by hand. */
  async putValue(secretArn: string, secretString: string): Promise<void> {
    await new SecretsManagerClient({}).send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: secretString }));
  }

  /** Changes what the construct told the function. */
  configure(changes: object): void {
    const config = JSON.parse(process.env[ROTATION_CONFIG] ?? '{}') as object;
    process.env[ROTATION_CONFIG] = JSON.stringify({ ...config, ...changes });
  }

  /** What the secret holds under a label. */
  labelled(label: string): Record<string, unknown> | undefined {
    const versionId = this.secretsManager.snapshot(this.secretArn).labels[label];
    return versionId === undefined ? undefined : this.value(versionId);
  }

  value(versionId: string): Record<string, unknown> | undefined {
    const text = this.secretsManager.valueOf(this.secretArn, versionId)?.secretString;
    return text === undefined ? undefined : JSON.parse(text) as Record<string, unknown>;
  }

  /** The operations that the function called, in order. */
  get calls(): string[] {
    return this.secretsManager.calls.map(({ action }) => action);
  }

  /** Takes the lines of the function; whatever else the process writes passes. */
  private capture(): () => void {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const text = String(chunk);
      if (!text.startsWith('{"level"')) return (write as (...args: unknown[]) => boolean)(chunk, ...rest);
      this.output += text;
      this.lines.push(JSON.parse(text) as Record<string, unknown>);
      return true;
    };
    return () => { process.stdout.write = write; };
  }
}
