import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient, UpdateSecretVersionStageCommand,
  UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { Credential, StoredCredential } from './contract/credential';
import { NoVerdict, RotationError } from './contract/errors';
import { Invocation } from './contract/invocation';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS, Labels, PlacedLabel, RECOVERY } from './labels';
import { RotationRequest } from './rotation-event';
import { SecretDocument } from './secret-document';
import { alreadyHasOtherContent, callFailed, isNotFound, isRepeatable, outcomeOf } from './secrets-manager-errors';

const LONGEST_CALL_MS = 3_000;
const LEAST_CALL_MS = 1_000;

/** A version that was read, with the labels it had then. */
export class SecretVersion implements StoredCredential {
  constructor(
    readonly secretArn: string,
    readonly versionId: string,
    readonly document: SecretDocument,
    readonly labels: readonly string[],
    readonly createdDate: Date | undefined,
  ) {}

  /** Throws when the version holds no username and password. */
  get credential(): Credential {
    return this.document.credential;
  }
}

/** PutSecretValue was definitely refused, each time that it was tried: the version has no value of ours. */
export class NotStored extends RotationError {}

/** A secret as one rotation sees it. The only code that talks to Secrets Manager. */
export class SecretVersions {
  constructor(
    private readonly client: SecretsManagerClient,
    private readonly request: RotationRequest,
    private readonly invocation: Invocation,
  ) {}

  async labels(): Promise<Labels> {
    const { secretArn } = this.request;
    const answer = await this.repeated('DescribeSecret', secretArn, () => this.client.send(new DescribeSecretCommand({ SecretId: secretArn }), this.limits));
    this.assertAwake(secretArn);
    return new Labels(secretArn, answer.RotationEnabled ?? false, answer.VersionIdsToStages ?? {});
  }

  current(): Promise<SecretVersion> {
    return this.read(this.request.secretArn, { VersionStage: AWSCURRENT });
  }

  /** The version left at the last promotion; undefined before the second rotation. */
  previous(): Promise<SecretVersion | undefined> {
    return this.readIfThere({ VersionStage: AWSPREVIOUS });
  }

  version(versionId: string): Promise<SecretVersion> {
    return this.read(this.request.secretArn, { VersionId: versionId });
  }

  /** Undefined while it has no value. */
  versionIfThere(versionId: string): Promise<SecretVersion | undefined> {
    return this.readIfThere({ VersionId: versionId });
  }

  /** This rotation's own version; undefined while it has no value. Read by id: a label may be seen late (aws-sdk-js-v3 #7701). */
  pending(): Promise<SecretVersion | undefined> {
    return this.versionIfThere(this.request.clientRequestToken);
  }

  /** The current value of another secret. */
  valueOf(secretArn: string): Promise<SecretVersion> {
    return this.read(secretArn, { VersionStage: AWSCURRENT });
  }

  /**
   * Stores the pending value, once: a token never gets another value (ResourceExistsException), so a
   * repeated or concurrent createSecret leaves the first one in place.
   */
  async store(document: SecretDocument): Promise<'stored' | 'already stored'> {
    const { secretArn, clientRequestToken, rotationToken } = this.request;
    const command = new PutSecretValueCommand({
      SecretId: secretArn,
      ClientRequestToken: clientRequestToken,
      SecretString: document.toSecretString(),
      VersionStages: [AWSPENDING, RECOVERY],
      RotationToken: rotationToken,
    });
    let lostAnswers = 0;
    try {
      await this.repeat(() => this.client.send(command, this.limits).catch((error: unknown) => {
        if (outcomeOf(error) === 'unknown') lostAnswers++;
        throw error;
      }));
      return 'stored';
    } catch (error: unknown) {
      if (alreadyHasOtherContent(error)) return 'already stored';
      const failure = callFailed('PutSecretValue', secretArn, error);
      throw lostAnswers > 0 ? failure : new NotStored(failure.code, failure.reason, { remedy: failure.remedy, cause: error });
    }
  }

  /** Moves a label of ours to a version, from where it was, if it was anywhere. */
  async attach(label: string, to: string, from?: string): Promise<void> {
    if (to === from) return;
    await this.updateStage({ VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from });
  }

  async detach({ label, versionId }: PlacedLabel): Promise<void> {
    await this.updateStage({ VersionStage: label, RemoveFromVersionId: versionId });
  }

  /** Moves AWSCURRENT once, without repeating. `from` is the version read: a compare-and-swap. Throws the service's own error. */
  async moveCurrent(from: string): Promise<void> {
    await this.client.send(new UpdateSecretVersionStageCommand({
      SecretId: this.request.secretArn,
      VersionStage: AWSCURRENT,
      MoveToVersionId: this.request.clientRequestToken,
      RemoveFromVersionId: from,
    }), this.limits);
  }

  /**
   * Gives this rotation's value up, so that the next token generates anew. The recovery label goes first: were
   * AWSPENDING removed and the function killed, the next rotation would adopt the refused value.
   */
  async giveUpPending(labels: Labels): Promise<void> {
    for (const label of [RECOVERY, AWSPENDING]) {
      if (labels.has(this.request.clientRequestToken, label)) await this.detach({ label, versionId: this.request.clientRequestToken });
    }
  }

  private updateStage(change: Omit<UpdateSecretVersionStageCommandInput, 'SecretId'>): Promise<unknown> {
    const { secretArn } = this.request;
    return this.repeated('UpdateSecretVersionStage', secretArn, () =>
      this.client.send(new UpdateSecretVersionStageCommand({ SecretId: secretArn, ...change }), this.limits));
  }

  private async readIfThere(which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion | undefined> {
    try {
      return await this.readRaw(this.request.secretArn, which);
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw callFailed('GetSecretValue', this.request.secretArn, error);
    }
  }

  private async read(secretArn: string, which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion> {
    try {
      return await this.readRaw(secretArn, which);
    } catch (error: unknown) {
      throw callFailed('GetSecretValue', secretArn, error);
    }
  }

  private async readRaw(secretArn: string, which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion> {
    const answer = await this.repeat(() => this.client.send(new GetSecretValueCommand({ SecretId: secretArn, ...which }), this.limits));
    this.assertAwake(secretArn);
    const versionId = answer.VersionId ?? '';
    const document = SecretDocument.parse(secretArn, versionId, answer.SecretString);
    return new SecretVersion(answer.ARN ?? secretArn, versionId, document, answer.VersionStages ?? [], answer.CreatedDate);
  }

  /** What is read guards what is written next. A function that stood still beyond its time-out has been given up, and another one is at work. */
  private assertAwake(secretArn: string): void {
    if (!this.invocation.deadline.hasPassed) return;
    throw new NoVerdict('DEADLINE', `the function stood still until after its time-out in the rotation of ${secretArn}; from here on it does nothing`, {
      remedy: 'Secrets Manager retries the rotation. If it repeats, raise `timeout`',
    });
  }

  private async repeated<T>(operation: string, secretArn: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.repeat(call);
    } catch (error: unknown) {
      throw callFailed(operation, secretArn, error);
    }
  }

  /** A call that begins shortly before the deadline must not use up the reserve; putting things right gets the least. */
  private get limits(): { readonly requestTimeout: number } {
    return { requestTimeout: Math.ceil(Math.min(LONGEST_CALL_MS, Math.max(LEAST_CALL_MS, this.invocation.deadline.remainingMs))) };
  }

  /** The SDK's own retries are off: they would hide that an answer was lost. */
  private repeat<T>(call: () => Promise<T>): Promise<T> {
    const { deadline, measurements } = this.invocation;
    return deadline.retry(call, isRepeatable, () => { measurements.retries++; });
  }
}
