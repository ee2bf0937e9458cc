import { invalidRequest } from './errors';
import { Notifications } from './notifications';
import { Settings } from './options';
import { RotationRunner } from './rotation-runner';
import { Secret } from './secret';

/** Begins, abandons and cancels rotations; the runner invokes the functions. */
export class Rotations {
  private readonly runs = new Map<string, Promise<void>>();
  private readonly runner: RotationRunner;

  constructor(private readonly settings: Settings, private readonly notifications: Notifications) {
    this.runner = new RotationRunner(settings, notifications);
  }

  /**
   * What RotateSecret does before it invokes the function: AWSPENDING on a version without a value ("Secrets Manager creates an
   * AWSPENDING version ID before creating the new secret version", API reference of DescribeSecret; verified in getmoto/moto#8504).
   * The same token is the same rotation; another is refused while AWSPENDING is on a version that is not AWSCURRENT.
   */
  begin(secret: Secret, token: string): void {
    if (this.isKnown(secret, token)) {
      return;
    }
    secret.addVersion(token, this.settings.now());
    secret.attach('AWSPENDING', token);
    secret.openRotation = { token, kind: 'rotation' };
  }

  /** `RotateImmediately: false`: a temporary version for testSecret alone. */
  beginTest(secret: Secret, token: string, holds: 'empty' | 'current'): void {
    if (this.isKnown(secret, token)) {
      return;
    }
    secret.addVersion(token, this.settings.now(), holds === 'current' ? secret.versionWith('AWSCURRENT')?.value : undefined);
    secret.attach('AWSPENDING', token);
    secret.openRotation = { token, kind: 'test' };
  }

  /** "This test creates an AWSPENDING version of the secret and then removes it": API reference of RotateSecret. */
  endTest(secret: Secret): void {
    if (secret.openRotation?.kind === 'test') {
      secret.removeVersion(secret.openRotation.token);
      secret.openRotation = undefined;
    }
  }

  /** Goes on asynchronously, as the service does. */
  run(secret: Secret): void {
    if (this.runs.has(secret.arn) || secret.openRotation === undefined) {
      return;
    }
    const run = secret.openRotation.kind === 'test'
      ? this.runner.test(secret, secret.openRotation.token).finally(() => this.endTest(secret))
      : this.runner.rotate(secret, secret.openRotation.token);
    this.runs.set(secret.arn, run.finally(() => this.runs.delete(secret.arn)));
  }

  /** Resolves when no rotation of the secret runs. Never rejects: failures are events. */
  async idle(secret: Secret): Promise<void> {
    await this.runs.get(secret.arn);
  }

  /**
   * "Secrets Manager abandons rotation when you create a new version of a secret during rotation", and removes AWSPENDING:
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
   */
  abandonOpen(secret: Secret): void {
    const pending = secret.holderOf('AWSPENDING');
    if (secret.openRotation?.kind !== 'rotation' || pending !== secret.openRotation.token || pending === secret.holderOf('AWSCURRENT')) {
      return;
    }
    secret.openRotation = undefined;
    secret.detach('AWSPENDING');
    this.notifications.serviceEvent('RotationAbandoned', secret.arn);
  }

  /** No further step is invoked after this. */
  stop(): void {
    this.runner.stop();
  }

  private isKnown(secret: Secret, token: string): boolean {
    const [pending, current] = [secret.holderOf('AWSPENDING'), secret.holderOf('AWSCURRENT')];
    if (token === pending || token === current) {
      return true;
    }
    if (pending !== undefined && pending !== current) {
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    if (secret.versions.has(token)) {
      throw invalidRequest(`You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`);
    }
    return false;
  }
}
