import { setTimeout as sleep } from 'node:timers/promises';
import { RotationError } from './contract/errors';
import { Invocation } from './contract/invocation';
import { AWSCURRENT, AWSPENDING, Labels } from './labels';
import { Promotion } from './promotion';
import { RotationRequest } from './rotation-event';
import { SecretVersion } from './secret-version';
import { SecretVersions } from './secret-versions';

// A fresh value may not be readable yet (Secrets Manager user guide, "Troubleshoot": changes take time to be visible everywhere).
const READ_AFTER_WRITE_MS = 5_000;
const READ_AGAIN_AFTER_MS = 250;

/** One step of one rotation: what a strategy works with. */
export class Rotation {
  readonly promotion: Promotion;

  constructor(readonly request: RotationRequest, readonly versions: SecretVersions, readonly invocation: Invocation) {
    this.promotion = new Promotion(versions, request, invocation);
  }

  get token(): string {
    return this.request.clientRequestToken;
  }

  /** Reads the labels right before an external write: whoever lost AWSPENDING, or finds AWSCURRENT moved, must not write. */
  async fence(currentVersionId?: string): Promise<Labels> {
    const labels = await this.versions.labels();
    const unmoved = currentVersionId === undefined || labels.has(currentVersionId, AWSCURRENT);
    if (labels.guard(this.token) === 'pending' && unmoved) return labels;
    throw this.superseded();
  }

  superseded(): RotationError {
    return new RotationError('ROTATION_SUPERSEDED', `AWSCURRENT of ${this.request.secretArn} moved while this step was under way`, {
      remedy: 'Another invocation finished the rotation first: then nothing needs to be done. Or somebody moved the label: see that AWSCURRENT names a version that signs in',
    });
  }

  /** The pending version, which must have a value; `already current` once it was promoted. */
  async pending(): Promise<SecretVersion | 'already current'> {
    const pending = await this.pendingOrEmpty();
    if (pending === undefined) {
      await this.fence();
      throw new RotationError('STEP_OUT_OF_ORDER', `version ${this.token} of ${this.request.secretArn} has no value`, {
        remedy: 'createSecret has not run for this rotation: let Secrets Manager drive the steps (RotateSecret)',
      });
    }
    return this.owned(pending);
  }

  /** The labels that came with the pending version are the guard of a step that only reads. */
  async owned(pending: SecretVersion): Promise<SecretVersion | 'already current'> {
    if (pending.labels.includes(AWSCURRENT)) return 'already current';
    if (!pending.labels.includes(AWSPENDING)) await this.fence();
    return pending;
  }

  /** The pending version, or undefined when it has no value even after the time that a fresh value may take to be readable. */
  async pendingOrEmpty(): Promise<SecretVersion | undefined> {
    for (const started = Date.now(); ; await sleep(READ_AGAIN_AFTER_MS)) {
      const pending = await this.versions.pending();
      const giveUp = Date.now() - started > READ_AFTER_WRITE_MS || this.invocation.deadline.remainingMs < READ_AGAIN_AFTER_MS;
      if (pending !== undefined || giveUp) return pending;
    }
  }
}
