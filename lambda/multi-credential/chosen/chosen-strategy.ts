import type { ChosenCredentials, SecretFields } from '../../../service';
import { MultiCredentialConfig } from '../../../src/private/rotation-config';
import { PasswordRejected, RotationError, SignInRefused } from '../../engine/contract/errors';
import { AWSCURRENT } from '../../engine/labels';
import { generatePassword } from '../../engine/password-generator';
import { testRequest } from '../../engine/preflight';
import { prepare } from '../../engine/prepare';
import { Rotation } from '../../engine/rotation';
import { SecretVersion } from '../../engine/secret-version';
import { RotationStrategy } from '../../engine/strategy';
import { ONCE, verifyPropagated } from '../propagation';

/**
 * The rotation makes up the credential: it is stored first and applied second, so that nothing the service accepts can be lost. The service is always told the whole
 * set, the new one and the current one: what no label references any more goes with it.
 */
export class ChosenStrategy implements Required<RotationStrategy> {
  constructor(private readonly service: ChosenCredentials, private readonly config: MultiCredentialConfig) {}

  createSecret(rotation: Rotation): Promise<void> {
    return prepare(rotation, {
      facts: this.service.facts ?? {},
      next: async (current) => {
        this.assertPrincipal(current);
        return this.service.fieldsOf(generatePassword(this.config.passwordPolicy));
      },
    });
  }

  async setSecret(rotation: Rotation): Promise<void> {
    const pending = await rotation.pending();
    if (pending === 'already current') return;
    const current = await rotation.versions.current();
    [current, pending].forEach((version) => this.assertPrincipal(version));
    try {
      await this.apply([pending, current], async () => { await rotation.fence(current.versionId); });
    } catch (error: unknown) {
      if (error instanceof PasswordRejected) await rotation.versions.giveUpPending(await rotation.fence());
      throw error;
    }
  }

  /** Only labels are checked within a rotation: the invocation that promotes verifies. */
  async testSecret(rotation: Rotation): Promise<void> {
    const request = await testRequest(rotation);
    if (request.kind !== 'preflight') return;
    this.assertPrincipal(request.current);
    await this.service.check?.(request.current.document.fields);
  }

  async finishSecret(rotation: Rotation): Promise<void> {
    const pending = await rotation.pending();
    if (pending === 'already current') return this.confirm(rotation);
    this.assertPrincipal(pending);
    await verifyPropagated(this.service, pending.document.fields, rotation.invocation, ONCE);
    const labels = await rotation.fence();
    await rotation.promotion.promote(labels.current());
  }

  async retire(): Promise<void> {
    throw new RotationError('MISCONFIGURED', 'the service lets the rotation choose the credential: there is none to deactivate between two rotations', {
      remedy: 'Leave out `deactivateAfter`',
    });
  }

  /**
   * AWSCURRENT has moved and this step runs again. A list that an overtaken invocation sent late may have taken the place of ours: one use tells, and
   * what the labels name is applied again.
   */
  private async confirm(rotation: Rotation): Promise<void> {
    const current = await rotation.versions.current();
    this.assertPrincipal(current);
    try {
      await this.service.verify(current.document.fields);
    } catch (error: unknown) {
      if (!(error instanceof SignInRefused)) throw error;
      await this.applyAgain(rotation, current);
    }
  }

  private async applyAgain(rotation: Rotation, current: SecretVersion): Promise<void> {
    const previous = await rotation.versions.previous();
    const isOurs = previous !== undefined && this.service.principalOf(previous.document.fields) !== undefined;
    await this.apply(isOurs ? [current, previous] : [current], async () => {
      const labels = await rotation.versions.labels();
      if (!labels.has(current.versionId, AWSCURRENT)) throw rotation.superseded();
    });
    rotation.invocation.log.warn('AWSCURRENT was not in force and was applied again', { versionId: current.versionId });
    await verifyPropagated(this.service, current.document.fields, rotation.invocation, ONCE);
  }

  private apply(versions: readonly SecretVersion[], fence: () => Promise<void>): Promise<void> {
    const accepted: SecretFields[] = versions.map(({ document }) => document.fields);
    return this.service.apply(accepted, fence);
  }

  /** For whom comes from the construct's configuration alone; whoever may write the secret can't steer it (confused deputy). */
  private assertPrincipal({ document, versionId, secretArn }: SecretVersion): void {
    if (this.service.principalOf(document.fields) !== undefined) return;
    throw new RotationError('USERNAME_NOT_CONFIGURED', `version ${versionId} of ${secretArn} is not for the user that this rotation is configured for`, {
      remedy: 'Move AWSCURRENT to a version with the configured user, or deploy the construct with the user that the secret has',
    });
  }
}
