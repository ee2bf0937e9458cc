import { AccessKey, earlier, identifier } from './access-key';
import { limitExceeded, noSuchKey, noSuchUser, QueryError, validation } from './errors';
import { Settings } from './options';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: it cannot be raised. */
const KEYS_PER_USER = 2;

export interface User {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  createdAt: Date;
  readonly keys: Map<string, AccessKey>;
}

/** The account's users and their keys. */
export class UserStore {
  private readonly users = new Map<string, User>();
  private created = 0;

  constructor(private readonly settings: Settings) {}

  create(name: string, path: string): User {
    if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
      throw validation('The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-');
    }
    if (this.users.has(name)) {
      throw new QueryError('EntityAlreadyExists', `User with name ${name} already exists.`, 409);
    }
    const user = { name, path, id: identifier('AIDA'), arn: this.arn(name, path), createdAt: this.settings.now(), keys: new Map() };
    this.users.set(name, user);
    return user;
  }

  find(name: string): User | undefined {
    return this.users.get(name);
  }

  get(name: string): User {
    const user = this.find(name);
    if (user === undefined) throw noSuchUser(name);
    return user;
  }

  createKey(userName: string): AccessKey {
    const { keys } = this.get(userName);
    if (keys.size >= KEYS_PER_USER) throw limitExceeded(KEYS_PER_USER);
    const key = new AccessKey(userName, ++this.created, this.settings.now());
    keys.set(key.id, key);
    return key;
  }

  findKey(keyId: string): AccessKey | undefined {
    return [...this.users.values()].map(({ keys }) => keys.get(keyId)).find(key => key !== undefined);
  }

  getKey(keyId: string): AccessKey {
    const key = this.findKey(keyId);
    if (key === undefined) throw noSuchKey(keyId);
    return key;
  }

  deleteKey({ userName, id }: AccessKey): void {
    this.get(userName).keys.delete(id);
  }

  age(milliseconds: number): void {
    for (const user of this.users.values()) {
      user.createdAt = earlier(user.createdAt, milliseconds);
      user.keys.forEach(key => key.age(milliseconds));
    }
  }

  arn(name: string, path = '/'): string {
    return `arn:${this.settings.partition}:iam::${this.settings.account}:user${path}${name}`;
  }
}
