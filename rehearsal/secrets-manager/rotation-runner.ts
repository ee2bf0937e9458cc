import { randomUUID } from 'crypto';
import { Notifications } from './notifications';
import { Settings } from './options';
import { RotationStep } from './rotation-event';
import { Secret } from './secret';

const STEPS: readonly RotationStep[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** Invokes a rotation function step by step, as the service does. */
export class RotationRunner {
  private stopped = false;

  constructor(private readonly settings: Settings, private readonly notifications: Notifications) {}

  /**
   * "If rotation fails, Secrets Manager retries the entire rotation process multiple times":
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
   */
  async rotate(secret: Secret, token: string): Promise<void> {
    await nextTick();
    if (this.isOpen(secret, token)) {
      this.notifications.serviceEvent('RotationStarted', secret.arn);
    }
    for (let attempt = 1; attempt <= this.settings.rotationAttempts && this.isOpen(secret, token); attempt++) {
      const failure = await this.attempt(secret, token);
      this.report(secret, token, failure);
      await wait(this.settings.rotationRetryDelay);
    }
  }

  /** `RotateImmediately: false`: testSecret alone. */
  async test(secret: Secret, token: string): Promise<void> {
    await nextTick();
    this.notifications.serviceEvent('TestRotationStarted', secret.arn);
    const failure = await this.invoke(secret, token, 'testSecret');
    this.notifications.serviceEvent(failure === undefined ? 'TestRotationSucceeded' : 'TestRotationFailed', secret.arn, failure);
  }

  stop(): void {
    this.stopped = true;
  }

  private async attempt(secret: Secret, token: string): Promise<string | undefined> {
    for (const step of STEPS) {
      if (!this.isOpen(secret, token)) {
        return `The rotation of version ${token} ended before ${step}.`;
      }
      const failure = await this.invoke(secret, token, step);
      if (failure !== undefined) {
        return failure;
      }
    }
    return secret.holderOf('AWSCURRENT') === token ? undefined : `AWSCURRENT is not on version ${token} after finishSecret.`;
  }

  /** The function's own message stays in its log: it may hold anything. */
  private async invoke(secret: Secret, token: string, step: RotationStep): Promise<string | undefined> {
    const functionArn = secret.rotationFunctionArn ?? 'none';
    try {
      const event = { Step: step, SecretId: secret.arn, ClientRequestToken: token, RotationToken: randomUUID() };
      await this.settings.invokeFunction(functionArn, event);
      return undefined;
    } catch {
      return `The rotation function ${functionArn} failed in step ${step} of version ${token}; see the function's log.`;
    }
  }

  /** A rotation that was cancelled or abandoned meanwhile has neither failed nor succeeded. */
  private report(secret: Secret, token: string, failure: string | undefined): void {
    if (!this.isOpen(secret, token)) {
      return;
    }
    if (failure !== undefined) {
      this.notifications.serviceEvent('RotationFailed', secret.arn, failure);
      return;
    }
    secret.openRotation = undefined;
    secret.lastRotatedDate = this.settings.now();
    this.notifications.serviceEvent('RotationSucceeded', secret.arn);
  }

  /** A rotation ends by abandonment, cancellation, deletion, or the removal of its label. */
  private isOpen(secret: Secret, token: string): boolean {
    const labelled = secret.holderOf('AWSPENDING') === token || secret.holderOf('AWSCURRENT') === token;
    return !this.stopped && labelled && secret.rotationEnabled === true && secret.deletionDate === undefined && secret.openRotation?.token === token;
  }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

function wait(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? nextTick() : new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
