import { answerAwsClients, Answer, AwsService } from './aws-clients';
import { Outside } from './outside';
import { Randomness } from './randomness';
import { throughFaults } from './simulated-secrets-manager';
import { VirtualTime } from './virtual-time';
import { RotationHandler } from '../../lambda/engine/handler';
import { LocalSecretsManager, LocalSecretsManagerOptions } from '../../rehearsal/secrets-manager';
import { ROTATION_CONFIG } from '../../src/private/rotation-config';
import { STEPS, StepName } from '../support/rotation-rig';

/** Both behaviours of AWSPENDING when AWSCURRENT moves, of a repeated PutSecretValue, and of versions without labels. */
export type SecretsManagerBehaviour = Pick<LocalSecretsManagerOptions, 'pendingOnPromotion' | 'repeatedPut' | 'deprecatedVersions'>;

export interface WorldOptions extends SecretsManagerBehaviour {
  /** @default 1 */
  readonly seed?: number;
}

/** The function's time-out, in milliseconds. */
export const TIMEOUT_MS = 30_000;
/** How long Secrets Manager waits before it tries a rotation again: it does not say, so several are tried. Milliseconds. */
const PAUSES_MS = [0, 1_000, 60_000, 300_000];

/** Time, chance, Secrets Manager and a function, all in memory. One at a time: it takes the place of the real ones while it stands. */
export class World {
  readonly time = new VirtualTime();
  readonly outside = new Outside(this.time);
  readonly secretsManager: LocalSecretsManager;
  /** All that the function wrote, and what its errors said. */
  output = '';
  private readonly randomness: Randomness;
  private readonly release: (() => void)[] = [];

  constructor({ seed = 1, ...behaviour }: WorldOptions) {
    this.randomness = new Randomness(seed);
    this.time.install();
    this.randomness.install();
    this.secretsManager = new LocalSecretsManager({ ...behaviour, now: () => new Date(this.time.now) });
    this.answer({ 'Secrets Manager': throughFaults(this.outside, this.secretsManager) });
    this.capture();
  }

  answer(answers: Partial<Record<AwsService, Answer>>): void {
    this.release.push(answerAwsClients(answers));
  }

  /** `release` gives back what was taken the place of. */
  releasing(release: () => void): void {
    this.release.push(release);
  }

  end(): void {
    for (const release of this.release.splice(0)) release();
    this.randomness.uninstall();
    this.time.uninstall();
  }

  /** A secret, and the function that rotates it. */
  secret(name: string, value: object): string {
    return this.secretsManager.createSecret({ name, secretString: JSON.stringify(value) }).arn;
  }

  rotates(secretArn: string, handler: RotationHandler, config: object): RotatedSecret {
    process.env[ROTATION_CONFIG] = JSON.stringify(config);
    this.secretsManager.enableRotation(secretArn, { functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rotation' });
    return new RotatedSecret(this, secretArn, handler);
  }

  private capture(): void {
    const { stdout } = process;
    const { write } = stdout;
    stdout.write = ((text: string) => {
      this.output += text;
      return true;
    }) as typeof write;
    this.release.push(() => { stdout.write = write; });
  }
}

/** What Secrets Manager does to a secret, and an operator. */
export class RotatedSecret {
  constructor(readonly world: World, readonly arn: string, private readonly handler: RotationHandler) {}

  get labels(): Readonly<Record<string, string>> {
    return this.world.secretsManager.snapshot(this.arn).labels;
  }

  /** Versions that carry a label. */
  get labelled(): readonly string[] {
    return this.world.secretsManager.snapshot(this.arn).versions.filter(({ labels }) => labels.length > 0).map(({ versionId }) => versionId);
  }

  value(versionId: string | undefined): Readonly<Record<string, unknown>> | undefined {
    const text = versionId === undefined ? undefined : this.world.secretsManager.valueOf(this.arn, versionId)?.secretString;
    return text === undefined ? undefined : JSON.parse(text) as Record<string, unknown>;
  }

  /** The value of every version that there is. */
  get values(): readonly Readonly<Record<string, unknown>>[] {
    return this.world.secretsManager.snapshot(this.arn).versions.map(({ versionId }) => this.value(versionId)).filter((value) => value !== undefined);
  }

  /** Somebody stores a value by hand. */
  async put(value: object): Promise<void> {
    await this.world.secretsManager.call('PutSecretValue', JSON.stringify({
      SecretId: this.arn, ClientRequestToken: '11111111-1111-4111-8111-111111111111', SecretString: JSON.stringify(value),
    }), 'AKIAOPERATOR');
  }

  begin(): string {
    return this.world.secretsManager.beginRotation(this.arn);
  }

  async step(step: StepName, token: string): Promise<void> {
    const { outside, time } = this.world;
    const end = time.now + TIMEOUT_MS;
    const event = { Step: step, SecretId: this.arn, ClientRequestToken: token, RotationToken: 'rotation-token-that-must-never-be-logged' };
    try {
      await outside.invoke(() => this.handler(event, { getRemainingTimeInMillis: () => end - time.now }), TIMEOUT_MS);
    } catch (error: unknown) {
      this.world.output += `${error instanceof Error ? error.stack : String(error)}\n`;
      throw error;
    }
  }

  /** All four steps, once. */
  async steps(token: string): Promise<void> {
    for (const step of STEPS) await this.step(step, token);
  }

  /** As Secrets Manager does: all four steps again with the same token, while one fails. Returns whether it came to an end. */
  async attempts(token: string): Promise<boolean> {
    for (const pause of PAUSES_MS) {
      try {
        await this.world.time.sleep(pause);
        await this.steps(token);
        return true;
      } catch {
        // The next attempt repeats all steps.
      }
    }
    return false;
  }

  /** A rotation that is cancelled when it does not come to an end, and then the next one, so many times. Returns whether one did. */
  async rotateDespiteAll(times: number): Promise<boolean> {
    for (let time = 0; time < times; time++) {
      if (await this.attempts(await this.beginAnyhow())) return true;
      await this.cancel();
    }
    return false;
  }

  /** An operator cancels, as AWS's page tells: rotation is off, and AWSPENDING is removed unless it is on the current version. */
  async cancel(): Promise<void> {
    const { AWSPENDING, AWSCURRENT } = this.labels;
    if (AWSPENDING !== undefined && AWSPENDING !== AWSCURRENT) await this.moveLabel('AWSPENDING', undefined);
    await this.world.secretsManager.call('CancelRotateSecret', JSON.stringify({ SecretId: this.arn }), 'AKIAOPERATOR');
  }

  /** An operator moves a label, or removes it. */
  async moveLabel(label: string, to: string | undefined): Promise<void> {
    const { [label]: from } = this.labels;
    const input = { SecretId: this.arn, VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to };
    await this.world.secretsManager.call('UpdateSecretVersionStage', JSON.stringify(input), 'AKIAOPERATOR');
  }

  /** A rotation that an earlier one blocks is cancelled by an operator first. */
  private async beginAnyhow(): Promise<string> {
    try {
      return this.begin();
    } catch {
      await this.cancel();
      return this.begin();
    }
  }
}
