import {
  AccessKeyMetadata, CreateAccessKeyCommand, DeleteAccessKeyCommand, GetAccessKeyLastUsedCommand, IAMClient, ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { iamError, IamAction, isNoSuchEntity, keyMissing, noAnswer } from './iam-errors';
import type { IssuedCredentials, ListedCredential, Use } from '../../../service';
import type { IamRotationConfig } from '../../../src/private/rotation-config';
import { CLIENT_SETTINGS, limitsOf, outcomeOf } from '../../engine/contract/aws-calls';
import { RotationError } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** Both halves: what signs requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access keys of an IAM user, and so all credentials that are an access key or derived from one: which of the two, a subclass says. */
export abstract class UserKeys<Config extends IamRotationConfig> implements Omit<IssuedCredentials, 'idOf' | 'issue' | 'verify'> {
  readonly family = 'issued';
  /** "IAM and AWS STS quotas", IAM User Guide: access keys assigned to an IAM user; not adjustable. */
  readonly slots = 2;
  private readonly client = new IAMClient(CLIENT_SETTINGS);

  constructor(protected readonly config: Config, protected readonly invocation: Invocation) {}

  async list(): Promise<readonly ListedCredential[]> {
    const keys: ListedCredential[] = [];
    let marker: string | undefined;
    do {
      const command = new ListAccessKeysCommand({ UserName: this.config.userName, Marker: marker });
      const page = await this.repeated('ListAccessKeys', () => this.client.send(command, this.limits));
      keys.push(...(page.AccessKeyMetadata ?? []).map((key) => this.listed(key)));
      marker = page.IsTruncated ? page.Marker : undefined;
    } while (marker !== undefined);
    return keys;
  }

  /** IAM knows the last use of a key only roughly, and some minutes late ("GetAccessKeyLastUsed", API reference of IAM): a grace should be far longer. */
  async lastUsed(id: string): Promise<Use | undefined> {
    const command = new GetAccessKeyLastUsedCommand({ AccessKeyId: id });
    const { AccessKeyLastUsed: use } = await this.repeated('GetAccessKeyLastUsed', () => this.client.send(command, this.limits).catch((error: unknown) => {
      throw isNoSuchEntity(error) ? keyMissing(id, this.config) : error;
    }));
    if (use?.LastUsedDate === undefined) return undefined; // its service and Region are "N/A" then
    return { at: use.LastUsedDate, by: `${use.ServiceName} in ${use.Region}` };
  }

  /** Succeeds for a key that is gone: nobody accepts it either. */
  async deactivate(id: string): Promise<void> {
    const command = new UpdateAccessKeyCommand({ UserName: this.config.userName, AccessKeyId: id, Status: 'Inactive' });
    await this.repeated('UpdateAccessKey', () => this.unlessGone(this.client.send(command, this.limits)));
  }

  async retire(id: string): Promise<void> {
    const command = new DeleteAccessKeyCommand({ UserName: this.config.userName, AccessKeyId: id });
    await this.repeated('DeleteAccessKey', () => this.unlessGone(this.client.send(command, this.limits)));
  }

  /** One attempt. `SERVICE_BUSY` says that no key was made; after any other `NoVerdict` one may have been. */
  protected async createKey(): Promise<AccessKey> {
    try {
      const { AccessKey: key } = await this.client.send(new CreateAccessKeyCommand({ UserName: this.config.userName }), this.limits);
      if (key?.AccessKeyId && key.SecretAccessKey) return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
    } catch (error: unknown) {
      throw iamError('CreateAccessKey', this.config, error);
    }
    throw noAnswer('CreateAccessKey', this.config, 'it holds no key');
  }

  private listed({ AccessKeyId: id, CreateDate: createdAt, Status: status }: AccessKeyMetadata): ListedCredential {
    if (id === undefined || createdAt === undefined) throw noAnswer('ListAccessKeys', this.config, 'it lacks the id or the date of a key');
    return { id, createdAt, active: status === 'Active' };
  }

  private async unlessGone(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (error: unknown) {
      if (!isNoSuchEntity(error)) throw error;
    }
  }

  /** For calls that end in the same state however often they are made. */
  private async repeated<T>(action: IamAction, call: () => Promise<T>): Promise<T> {
    const { deadline, measurements } = this.invocation;
    try {
      return await deadline.retry(call, (error) => !(error instanceof RotationError) && outcomeOf(error) !== 'refused', () => { measurements.retries++; });
    } catch (error: unknown) {
      throw iamError(action, this.config, error);
    }
  }

  private get limits(): { readonly requestTimeout: number } {
    return limitsOf(this.invocation.deadline);
  }
}
