import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient, UpdateSecretVersionStageCommand,
  UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { RotationError } from './contract/errors';
import { Invocation } from './contract/invocation';
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS, Labels, PlacedLabel, RECOVERY } from './labels';
import { RotationRequest } from './rotation-event';
import { SecretDocument } from './secret-document';
import { SecretVersion } from './secret-version';
import { SecretsManagerCalls } from './secrets-manager-calls';
import { alreadyHasOtherContent, callFailed, isNotFound, outcomeOf } from './secrets-manager-errors';

/** PutSecretValue was definitely refused, each time that it was tried: the version has no value of ours. */
export class NotStored extends RotationError {}

/** A secret as one rotation sees it. The only code that talks to Secrets Manager. */
export class SecretVersions {
  private readonly calls: SecretsManagerCalls;

  constructor(client: SecretsManagerClient, private readonly request: RotationRequest, invocation: Invocation) {
    this.calls = new SecretsManagerCalls(client, invocation);
  }

  async labels(): Promise<Labels> {
    const { secretArn } = this.request;
    const answer = await this.calls.translated('DescribeSecret', secretArn, () => this.calls.read(secretArn, (client, limits) =>
      client.send(new DescribeSecretCommand({ SecretId: secretArn }), limits)));
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
      await this.calls.repeated((client, limits) => client.send(command, limits).catch((error: unknown) => {
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
    const { secretArn, clientRequestToken } = this.request;
    const change = { VersionStage: AWSCURRENT, MoveToVersionId: clientRequestToken, RemoveFromVersionId: from };
    await this.calls.once((client, limits) => client.send(new UpdateSecretVersionStageCommand({ SecretId: secretArn, ...change }), limits));
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
    return this.calls.translated('UpdateSecretVersionStage', secretArn, () => this.calls.repeated((client, limits) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId: secretArn, ...change }), limits)));
  }

  private async readIfThere(which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion | undefined> {
    try {
      return await this.readRaw(this.request.secretArn, which);
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw callFailed('GetSecretValue', this.request.secretArn, error);
    }
  }

  private read(secretArn: string, which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion> {
    return this.calls.translated('GetSecretValue', secretArn, () => this.readRaw(secretArn, which));
  }

  private async readRaw(secretArn: string, which: { VersionId: string } | { VersionStage: string }): Promise<SecretVersion> {
    const answer = await this.calls.read(secretArn, (client, limits) =>
      client.send(new GetSecretValueCommand({ SecretId: secretArn, ...which }), limits));
    const versionId = answer.VersionId ?? '';
    const document = SecretDocument.parse(secretArn, versionId, answer.SecretString);
    return new SecretVersion(answer.ARN ?? secretArn, versionId, document, answer.VersionStages ?? [], answer.CreatedDate);
  }
}
