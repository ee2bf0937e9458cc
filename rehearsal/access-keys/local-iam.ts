import { AccessKey, Status, Use } from './access-key';
import { Authenticator } from './authenticator';
import { Dispatcher } from './dispatcher';
import { LocalIamOptions, withDefaults } from './options';
import { QueryFront } from './query-front';
import { RecordedQuery } from './recorded-call';
import { Services } from './service';
import { UserStore } from './user-store';

export interface AccessKeySnapshot {
  readonly accessKeyId: string;
  readonly status: Status;
  readonly createDate: Date;
  /** What is true, whether or not GetAccessKeyLastUsed knows it yet. */
  readonly lastUsed?: Use;
}

export interface AccessKeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** IAM's access keys and STS behind one HTTP front, and a control plane for what humans, other services and tests do. */
export class LocalIam {
  private readonly services: Services;
  private readonly dispatcher: Dispatcher;
  private readonly front: QueryFront;

  constructor(options: LocalIamOptions = {}) {
    const settings = withDefaults(options);
    const users = new UserStore(settings);
    this.services = { settings, users, authenticator: new Authenticator(settings, users) };
    this.dispatcher = new Dispatcher(this.services);
    this.front = new QueryFront(this.dispatcher);
  }

  /** Calls over HTTP, in the order in which they ended. */
  get calls(): readonly RecordedQuery[] {
    return this.dispatcher.calls;
  }

  /** For IAM and STS alike: `AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL_STS`. */
  async start(): Promise<{ readonly endpoint: string }> {
    return { endpoint: await this.front.listen() };
  }

  /** Closes every connection. */
  async stop(): Promise<void> {
    await this.front.close();
  }

  createUser(userName: string, path = '/'): { readonly arn: string } {
    const { arn } = this.services.users.create(userName, path);
    return { arn };
  }

  /** As a human would: past authorization, faults and records, not past the quota. */
  createAccessKey(userName: string): AccessKeyPair {
    const { id, secret } = this.services.users.createKey(userName);
    return { accessKeyId: id, secretAccessKey: secret };
  }

  setStatus(accessKeyId: string, status: Status): void {
    this.services.users.getKey(accessKeyId).status = status;
  }

  deleteAccessKey(accessKeyId: string): void {
    this.services.users.deleteKey(this.services.users.getKey(accessKeyId));
  }

  keys(userName: string): readonly AccessKeySnapshot[] {
    return [...this.services.users.get(userName).keys.values()].map(snapshotOf);
  }

  /** Everything that happened so far is this much longer ago: dates move back, what was to become known is known. */
  age(milliseconds: number): void {
    this.services.users.age(milliseconds);
  }

  /**
   * Whether a service would accept the pair now; what it accepts counts as a use. A service that is shown something derived
   * from the secret key compares it itself.
   */
  use(accessKeyId: string, proof: string | ((secretAccessKey: string) => boolean), serviceName: string, region = 'us-east-1'): 'accepted' | 'refused' {
    const { authenticator } = this.services;
    const key = authenticator.find(accessKeyId);
    const proven = key !== undefined && (typeof proof === 'string' ? proof === key.secret : proof(key.secret));
    if (!proven) return 'refused';
    authenticator.use(key, serviceName, region);
    return 'accepted';
  }
}

function snapshotOf({ id, status, createdAt, lastUsed }: AccessKey): AccessKeySnapshot {
  return { accessKeyId: id, status, createDate: createdAt, lastUsed };
}
