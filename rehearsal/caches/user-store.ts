import { CacheUser } from './cache-user';
import { CacheProblem } from './errors';
import { CacheServiceName } from './faults';
import { Settings } from './options';

/** The users of both services, by ids that each service gives for itself. */
export class UserStore {
  private readonly users: Readonly<Record<CacheServiceName, Map<string, CacheUser>>> = { elasticache: new Map(), memorydb: new Map() };

  constructor(private readonly settings: Settings) {}

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html, and list_amazonmemorydb.html */
  arn(service: CacheServiceName, id: string): string {
    const { partition, region, account } = this.settings;
    return `arn:${partition}:${service}:${region}:${account}:user${service === 'elasticache' ? ':' : '/'}${id}`;
  }

  all(service: CacheServiceName): CacheUser[] {
    return [...this.users[service].values()];
  }

  get(service: CacheServiceName, id: string): CacheUser {
    const user = this.users[service].get(id);
    if (user === undefined) throw new CacheProblem('userNotFound', `User ${id} not found.`);
    return user;
  }

  add(service: CacheServiceName, user: CacheUser): void {
    const { id } = user.props;
    if (this.users[service].has(id)) throw new Error(`There is a user ${id} of ${service} already`);
    this.users[service].set(id, user);
  }

  stop(): void {
    Object.values(this.users).forEach(users => users.forEach(user => user.stop()));
  }
}
