import { randomUUID } from 'crypto';
import { Authorizer } from './authorization';
import { Dispatcher } from './dispatcher';
import { HttpFront } from './http-front';
import { Input } from './input';
import { Notifications } from './notifications';
import { createSecret } from './operations/write-value';
import { LocalSecretsManagerOptions, withDefaults } from './options';
import { RecordedCall } from './recorded-call';
import { checkRotationRules, RotationRules } from './rotation-rules';
import { Rotations } from './rotations';
import { Secret, SecretValue } from './secret';
import { SecretStore } from './secret-store';
import { checkToken } from './secret-values';
import { Output, Service } from './service';
import { SecretSnapshot, snapshotOf } from './snapshot';

export interface CreateSecretInput extends SecretValue {
  readonly name: string;
  readonly description?: string;
  /** ARN, id or alias of a customer-managed key. @default - the key `aws/secretsmanager` */
  readonly kmsKeyId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Becomes the version's id. @default - random */
  readonly clientRequestToken?: string;
}

export interface EnableRotationInput {
  readonly functionArn: string;
  readonly rules?: RotationRules;
}

/** The service, its HTTP front, and a control plane for what CloudFormation and tests do. */
export class LocalSecretsManager {
  /** `labelUpdated` and `serviceEvent`: what EventBridge and CloudTrail would get. */
  readonly notifications = new Notifications();
  private readonly service: Service;
  private readonly dispatcher: Dispatcher;
  private readonly front: HttpFront;

  constructor(options: LocalSecretsManagerOptions = {}) {
    const settings = withDefaults(options);
    this.service = {
      settings,
      notifications: this.notifications,
      secrets: new SecretStore(settings, this.notifications),
      rotations: new Rotations(settings, this.notifications),
      authorizer: new Authorizer(settings),
    };
    this.dispatcher = new Dispatcher(this.service);
    this.front = new HttpFront(this.dispatcher);
  }

  /** Calls over HTTP, in the order in which they ended. */
  get calls(): readonly RecordedCall[] {
    return this.dispatcher.calls;
  }

  async start(): Promise<{ readonly endpoint: string }> {
    return { endpoint: await this.front.listen() };
  }

  /** Closes every connection; a rotation under way invokes no further step. */
  async stop(): Promise<void> {
    this.service.rotations.stop();
    await this.front.close();
  }

  /** A call as it comes over HTTP, without HTTP: `body` is its input as JSON. Rejects with a SecretsManagerError, or with NoAnswer. */
  call(action: string, body: string, accessKeyId: string): Promise<Output> {
    return this.dispatcher.dispatch({ action, body, accessKeyId });
  }

  /** As CloudFormation does: nobody is asked for authorization. `versionId` is empty for a secret without a value. */
  createSecret(input: CreateSecretInput): { readonly arn: string; readonly versionId: string } {
    const unasked = { ...this.service, authorizer: new Authorizer(withDefaults({})) };
    const output = createSecret(unasked, {
      accessKeyId: 'cloudformation',
      input: new Input({
        Name: input.name,
        SecretString: input.secretString,
        SecretBinary: input.secretBinary,
        Description: input.description,
        KmsKeyId: input.kmsKeyId,
        ClientRequestToken: input.clientRequestToken ?? randomUUID(),
        Tags: Object.entries(input.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
      }),
    });
    return { arn: String(output.ARN), versionId: String(output.VersionId ?? '') };
  }

  /** Configures rotation without rotating. */
  enableRotation(secretId: string, { functionArn, rules }: EnableRotationInput): void {
    const secret = this.get(secretId);
    checkRotationRules(rules ?? {});
    secret.rotationEnabled = true;
    secret.rotationFunctionArn = functionArn;
    secret.rotationRules = rules ?? secret.rotationRules;
  }

  /** What RotateSecret does before it invokes the function, for tests that drive the steps. Returns the token. */
  beginRotation(secretId: string, token: string = randomUUID()): string {
    checkToken(token);
    this.service.rotations.begin(this.get(secretId), token);
    this.get(secretId).rotationEnabled = true;
    return token;
  }

  /** What `RotateImmediately: false` does before it invokes testSecret. Returns the token. */
  beginRotationTest(secretId: string, holds: 'empty' | 'current', token: string = randomUUID()): string {
    checkToken(token);
    this.service.rotations.beginTest(this.get(secretId), token, holds);
    this.get(secretId).rotationEnabled = true;
    return token;
  }

  /** Removes the temporary version of a rotation test. */
  endRotationTest(secretId: string): void {
    this.service.rotations.endTest(this.get(secretId));
  }

  /** "That rotation will be reattempted": tries an open rotation again with its token, and waits for the outcome. */
  async reattemptRotation(secretId: string): Promise<void> {
    this.service.rotations.run(this.get(secretId));
    await this.rotationIdle(secretId);
  }

  /** Resolves when no rotation of the secret runs; whether it succeeded, the notifications and the labels tell. */
  async rotationIdle(secretId: string): Promise<void> {
    await this.service.rotations.idle(this.get(secretId));
  }

  /** As if so much time had passed since the secret's versions were created. */
  age(secretId: string, milliseconds: number): void {
    this.get(secretId).age(milliseconds);
  }

  snapshot(secretId: string): SecretSnapshot {
    return snapshotOf(this.get(secretId));
  }

  /** A version's value, past authorization and records: for tests. */
  valueOf(secretId: string, versionId: string): SecretValue | undefined {
    return this.get(secretId).versions.get(versionId)?.value;
  }

  private get(secretId: string): Secret {
    return this.service.secrets.get(secretId);
  }
}
