import { randomUUID } from 'node:crypto';
import { StepFailed, PASSWORD_POLICY, RigOptions, RotationRig } from './rotation-rig';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { AccessKeys } from '../../lambda/services/iam/access-keys';
import { LocalIam, LocalIamOptions } from '../../rehearsal/access-keys';
import { IamRotationConfig } from '../../src/private/rotation-config';

/** As in production, without its waits. */
export const FAST = { afterMs: 0, successes: 3, overMs: 20 };
const DAY_MS = 86_400_000;

export interface AccessKeyRotationOptions extends Partial<Omit<RigOptions<IamRotationConfig>, 'config' | 'strategy' | 'fault'>> {
  readonly config?: Partial<IamRotationConfig>;
  readonly iam?: LocalIamOptions;
}

type Key = ReturnType<LocalIam['keys']>[number];

/** A rotation of the access keys of a user in the local IAM, and what a test wants to know of it. */
export class AccessKeyRotation {
  /** The secret names no key yet, as the construct creates it. */
  static async start({ config, iam: iamOptions, ...options }: AccessKeyRotationOptions = {}): Promise<AccessKeyRotation> {
    const iam = new LocalIam(iamOptions);
    const { endpoint } = await iam.start();
    Object.assign(process.env, { AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint });
    const userName = `app-${randomUUID().slice(0, 8)}`;
    const userArn = iam.createUser(userName).arn;
    const rig: RotationRig = await RotationRig.start<IamRotationConfig>({
      config: { service: 'iam', userName, userArn, passwordPolicy: PASSWORD_POLICY, ...config } as IamRotationConfig,
      strategy: (read, invocation) => multiCredentialStrategy(() => new AccessKeys(read, invocation), read, FAST),
      secretString: JSON.stringify({ secretAccessKey: 'a-first-value-that-opens-nothing' }),
      remainingMs: 3_000,
      ...options,
    });
    return new AccessKeyRotation(rig, iam, userName);
  }

  private constructor(readonly rig: RotationRig, readonly iam: LocalIam, readonly userName: string) {}

  /** A rotation after everything so far has become old. */
  async rotateLater(): Promise<string> {
    this.passTime();
    return this.rig.rotate();
  }

  passTime(milliseconds: number = 2 * DAY_MS): void {
    this.iam.age(milliseconds);
  }

  keys(): readonly Key[] {
    return this.iam.keys(this.userName);
  }

  ids(): string[] {
    return this.keys().map(({ accessKeyId }) => accessKeyId);
  }

  /** What a version names. */
  idOf(versionId: string): string | undefined {
    return this.rig.value(versionId)?.accessKeyId as string | undefined;
  }

  labelledId(label: string): string | undefined {
    const versionId = this.rig.secretsManager.snapshot(this.rig.secretArn).labels[label];
    return versionId === undefined ? undefined : this.idOf(versionId);
  }

  /** Whether what a label names works for its clients. */
  works(label: string): boolean {
    const value = this.rig.labelled(label);
    return value !== undefined && this.iam.use(String(value.accessKeyId), String(value.secretAccessKey), 's3') === 'accepted';
  }

  /** Labels of ours, without the ids of versions. */
  labels(): string[] {
    return Object.keys(this.rig.secretsManager.snapshot(this.rig.secretArn).labels).sort();
  }

  intents(): string[] {
    return this.labels().filter((label) => label.includes('/issuing/'));
  }

  /** Operations of IAM that the function called, in order; those of STS apart. */
  calls(service: 'iam' | 'sts' = 'iam'): string[] {
    return this.iam.calls.filter((call) => call.service === service).map(({ action }) => action);
  }

  /** How many of all the secret keys that the secret ever held are in what the function wrote. */
  leaked(): number {
    const { versions } = this.rig.secretsManager.snapshot(this.rig.secretArn);
    const isTold = (versionId: string): boolean => this.rig.output.includes(String(this.rig.value(versionId)?.secretAccessKey));
    return versions.filter(({ versionId, hasValue }) => hasValue && isTold(versionId)).length;
  }

  async stop(): Promise<void> {
    await this.rig.stop();
    await this.iam.stop();
  }
}

/** The message of the step that failed. */
export async function failureOf(rotating: Promise<unknown>): Promise<string> {
  try {
    await rotating;
  } catch (error: unknown) {
    if (error instanceof StepFailed) return error.message;
    throw error;
  }
  throw new Error('nothing failed');
}
