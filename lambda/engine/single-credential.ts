import { Credential } from './contract/credential';
import { SignInRefused } from './contract/errors';
import { Verification } from './contract/password-session';
import { applyOnly, cutOver, OpenSession } from './cutover';
import { AWSCURRENT, Labels } from './labels';
import { generatePassword } from './password-generator';
import { testRequest } from './preflight';
import { prepare } from './prepare';
import { Rotation } from './rotation';
import { ConnectionFacts } from './secret-document';
import { SecretVersion } from './secret-version';
import { RotationStrategy } from './strategy';
import { assertUsername } from './usernames';
import { RotationConfig } from '../../src/private/rotation-config';

export interface SingleCredentialConfig extends RotationConfig {
  readonly username: string;
  readonly cutover?: 'SINGLE_STEP' | 'STEPWISE';
}

export interface VerifyingUsers {
  readonly facts: ConnectionFacts;
  /** Gets ready for a new sign-in, so that it takes little time once the password is changed. */
  prepareVerification(): Promise<Verification>;
}

/** Who holds AWSCURRENT and AWSPENDING while a password is about to change. */
export interface Candidates {
  readonly current: SecretVersion;
  readonly pending: SecretVersion;
}

/** What the strategies for a user with one password have in common; they differ in who may change it. */
export abstract class SingleCredentialStrategy implements RotationStrategy {
  constructor(private readonly verifying: VerifyingUsers, protected readonly config: SingleCredentialConfig) {}

  createSecret(rotation: Rotation): Promise<void> {
    return prepare(rotation, {
      facts: this.verifying.facts,
      next: async (current, labels) => {
        this.assertConfigured(current);
        const adopted = await this.adoptedPassword(rotation, current, labels);
        return { username: current.credential.username, password: adopted ?? generatePassword(this.config.passwordPolicy) };
      },
    });
  }

  async setSecret(rotation: Rotation): Promise<void> {
    if (!this.stepwise) {
      (await rotation.versions.labels()).guard(rotation.token);
      return;
    }
    const candidates = await this.candidates(rotation, await rotation.versions.current());
    if (candidates !== 'already current') await applyOnly(rotation, { ...candidates, open: () => this.open(rotation, candidates) });
  }

  async testSecret(rotation: Rotation): Promise<void> {
    const request = await testRequest(rotation);
    if (request.kind === 'preflight') {
      this.assertConfigured(request.current);
      await this.preflight(rotation, request.current);
    }
    if (request.kind === 'rotation' && this.stepwise) {
      this.assertConfigured(request.pending);
      await this.verify(request.pending.credential);
    }
  }

  async finishSecret(rotation: Rotation): Promise<void> {
    const current = await rotation.versions.current();
    const candidates = await this.candidates(rotation, current);
    if (candidates === 'already current') return this.confirm(rotation, current);
    await cutOver(rotation, {
      ...candidates,
      open: () => this.open(rotation, candidates),
      prepareVerification: () => this.verifying.prepareVerification(),
    });
  }

  /** A password that an unfinished rotation left in force, if only the secret knows it. */
  protected abstract adoptedPassword(rotation: Rotation, current: SecretVersion, labels: Labels): Promise<string | undefined>;

  /** Opens a session that may change the password. */
  protected abstract open(rotation: Rotation, candidates: Candidates): Promise<OpenSession>;

  /** Checks, without changing anything, all that a rotation will need. */
  protected abstract preflight(rotation: Rotation, current: SecretVersion): Promise<void>;

  protected get stepwise(): boolean {
    return this.config.cutover === 'STEPWISE';
  }

  /** Whom to sign in as comes from the configuration alone. */
  protected assertConfigured(version: SecretVersion): void {
    assertUsername(version, [this.config.username]);
  }

  private async candidates(rotation: Rotation, current: SecretVersion): Promise<Candidates | 'already current'> {
    if (current.versionId === rotation.token) return 'already current';
    const pending = await rotation.pending();
    if (pending === 'already current') return pending;
    for (const version of [current, pending]) this.assertConfigured(version);
    return { current, pending };
  }

  /**
   * AWSCURRENT has moved and this step runs again. An earlier invocation may have put the old password back before its promotion
   * took effect after all: one sign-in tells, and the password of AWSCURRENT is applied again.
   */
  private async confirm(rotation: Rotation, read: SecretVersion): Promise<void> {
    const current = read.versionId === rotation.token ? read : await rotation.versions.current();
    this.assertConfigured(current);
    try {
      await this.verify(current.credential);
    } catch (error: unknown) {
      if (!(error instanceof SignInRefused)) throw error;
      await this.applyAgain(rotation, current);
    }
  }

  private async applyAgain(rotation: Rotation, current: SecretVersion): Promise<void> {
    const { session } = await this.open(rotation, { current, pending: current });
    try {
      await session.lock();
      const apply = await session.prepareChange(current);
      const labels = await rotation.versions.labels();
      if (!labels.has(current.versionId, AWSCURRENT)) throw rotation.superseded();
      await apply();
      rotation.invocation.log.warn('AWSCURRENT was not in force and was applied again', { versionId: current.versionId });
    } finally {
      await session.end();
    }
    await this.verify(current.credential);
  }

  private async verify(credential: Credential): Promise<void> {
    const verification = await this.verifying.prepareVerification();
    try {
      await verification.signIn(credential);
    } finally {
      await verification.end();
    }
  }
}
