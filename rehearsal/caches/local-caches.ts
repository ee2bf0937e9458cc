import { CacheUser, CacheUserProps } from './cache-user';
import { checkChange } from './change-input';
import { Dispatcher } from './dispatcher';
import { CacheServiceName } from './faults';
import { HttpFront } from './http-front';
import { LocalCachesOptions, Settings, withDefaults } from './options';
import { RecordedCacheCall } from './recorded-call';
import { UserStore } from './user-store';
import { RedisServer } from '../redis';

interface CreateUserInput {
  readonly accessString: string;
  /** One or two. @default - none: nobody can sign in */
  readonly passwords?: readonly string[];
  /** Where the user lives, for as long as this server's process runs. */
  readonly server: RedisServer;
}

export interface CreateElastiCacheUserInput extends CreateUserInput {
  readonly userId: string;
  /** The name that clients sign in with. */
  readonly userName: string;
  /** @default - none */
  readonly userGroupIds?: readonly string[];
}

export interface CreateMemoryDbUserInput extends CreateUserInput {
  /** The name that clients sign in with, too. */
  readonly name: string;
  /** @default - none */
  readonly aclNames?: readonly string[];
}

/** Both services, their HTTP front, and what CloudFormation does. */
export class LocalCaches {
  private readonly settings: Settings;
  private readonly users: UserStore;
  private readonly dispatcher: Dispatcher;
  private readonly front: HttpFront;

  constructor(options: LocalCachesOptions = {}) {
    this.settings = withDefaults(options);
    this.users = new UserStore(this.settings);
    this.dispatcher = new Dispatcher(this.settings, this.users);
    this.front = new HttpFront(this.dispatcher);
  }

  /** Calls over HTTP, in the order in which they ended. */
  get calls(): readonly RecordedCacheCall[] {
    return this.dispatcher.calls;
  }

  /** For `AWS_ENDPOINT_URL_ELASTICACHE` and `AWS_ENDPOINT_URL_MEMORYDB`. */
  async start(): Promise<{ readonly endpoint: string }> {
    return { endpoint: await this.front.listen() };
  }

  /** Closes every connection; a change under way is not made any more. */
  async stop(): Promise<void> {
    this.users.stop();
    await this.front.close();
  }

  /** As CloudFormation does: nobody is asked for authorization, and the user is active. */
  async createElastiCacheUser({ userId, userName, userGroupIds = [], ...input }: CreateElastiCacheUserInput): Promise<{ readonly arn: string }> {
    return this.create('elasticache', { id: userId, username: userName, groups: userGroupIds }, input);
  }

  /** As CloudFormation does. */
  async createMemoryDbUser({ name, aclNames = [], ...input }: CreateMemoryDbUserInput): Promise<{ readonly arn: string }> {
    return this.create('memorydb', { id: name, username: name, groups: aclNames }, input);
  }

  private async create(
    service: CacheServiceName, named: Pick<CacheUserProps, 'id' | 'username' | 'groups'>, { accessString, passwords, server }: CreateUserInput,
  ): Promise<{ readonly arn: string }> {
    checkChange({ accessString, passwords });
    const user = new CacheUser({ ...named, arn: this.users.arn(service, named.id), server, modifyingMs: this.settings.modifyingMs });
    this.users.add(service, user);
    await user.create({ accessString, passwords: passwords ?? [] });
    return { arn: user.props.arn };
  }
}
