import { NoVerdict, RotationError } from './contract/errors';
import { Invocation } from './contract/invocation';
import { AWSCURRENT } from './labels';
import { RotationRequest } from './rotation-event';
import { SecretVersions } from './secret-versions';
import { callFailed, outcomeOf } from './secrets-manager-errors';

/** AWSCURRENT was definitely not moved by us, and not by anyone else either: what the service accepted before may be put back. */
export class PromotionRefused extends RotationError {}

/** Moves AWSCURRENT to this rotation's version, and finds out whether it did. */
export class Promotion {
  constructor(
    private readonly versions: SecretVersions,
    private readonly request: RotationRequest,
    private readonly invocation: Invocation,
  ) {}

  /**
   * Returns once AWSCURRENT is on this version. Throws `PromotionRefused` on a definite refusal of every call that was made with AWSCURRENT read
   * as unmoved afterwards, else `PROMOTION_UNCERTAIN`: a call whose answer was lost may still take effect, so nothing may be put back.
   */
  async promote(from: string): Promise<void> {
    let lostAnswers = 0;
    const attempt = async (): Promise<void> => {
      try {
        await this.versions.moveCurrent(from);
      } catch (error: unknown) {
        if (outcomeOf(error) === 'unknown') lostAnswers++;
        if (await this.happenedAnyway(from)) return;
        throw error;
      }
    };
    const { deadline, measurements } = this.invocation;
    try {
      await deadline.retry(attempt, (error) => !(error instanceof RotationError) && outcomeOf(error) !== 'refused', () => { measurements.retries++; });
    } catch (error: unknown) {
      throw this.failure(error, lostAnswers > 0);
    }
    measurements.promoted = true;
    measurements.windowCloses();
  }

  /** Throws when the labels can't be read, or when AWSCURRENT went to a third version. */
  private async happenedAnyway(from: string): Promise<boolean> {
    const labels = await this.versions.labels();
    if (labels.has(this.request.clientRequestToken, AWSCURRENT)) return true;
    if (labels.has(from, AWSCURRENT)) return false;
    throw new RotationError('ROTATION_SUPERSEDED', `AWSCURRENT of ${this.request.secretArn} was moved to another version during the promotion`, {
      remedy: 'Somebody moved the label. See that AWSCURRENT names a version that signs in, then call RotateSecret',
    });
  }

  private failure(error: unknown, uncertain: boolean): RotationError {
    const { secretArn } = this.request;
    const definite = !uncertain && !(error instanceof RotationError) && !(error instanceof NoVerdict);
    const failed = callFailed('UpdateSecretVersionStage', secretArn, error);
    if (definite) return new PromotionRefused(failed.code, failed.reason, { remedy: failed.remedy, cause: error });
    if (error instanceof RotationError && error.code === 'ROTATION_SUPERSEDED') return error;
    return new RotationError('PROMOTION_UNCERTAIN', `whether AWSCURRENT of ${secretArn} moved is not known (${failed.reason})`, {
      remedy: 'The new password stays in force and the retry of Secrets Manager completes the rotation. Until then AWSPENDING holds the password that signs in',
      cause: error,
    });
  }
}
