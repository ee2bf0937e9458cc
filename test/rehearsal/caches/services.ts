import { DescribeUsersCommand as DescribeElastiCacheUsers, ModifyUserCommand } from '@aws-sdk/client-elasticache';
import { DescribeUsersCommand as DescribeMemoryDbUsers, UpdateUserCommand } from '@aws-sdk/client-memorydb';
import { ACCESS, Harness } from './harness';
import { CacheServiceName } from '../../../rehearsal/caches';

export interface Answer {
  readonly status?: string;
  readonly accessString?: string;
  readonly passwordCount?: number;
  readonly authentication?: string;
  readonly arn?: string;
}

export interface Change {
  readonly passwords?: string[];
  readonly accessString?: string;
}

export interface ServiceUnderTest {
  readonly service: CacheServiceName;
  readonly action: string;
  readonly arn: string;
  /** Codes of its errors. */
  readonly errors: Readonly<Record<'notFound' | 'state' | 'value' | 'combination' | 'denied' | 'unsigned' | 'unknown', readonly [string, number]>>;
  /** A user whose id is `app-id` with ElastiCache, `app` with MemoryDB, and who signs in as `app`. */
  create(harness: Harness, passwords?: readonly string[], accessString?: string): Promise<{ readonly arn: string }>;
  change(harness: Harness, change: Change, id?: string, maxAttempts?: number): Promise<Answer>;
  describe(harness: Harness, id?: string): Promise<Answer>;
  describeAll(harness: Harness): Promise<(string | undefined)[]>;
}

/** The two services, told apart by nothing but their words. */
export const SERVICES: readonly ServiceUnderTest[] = [
  {
    service: 'elasticache',
    action: 'ModifyUser',
    arn: 'arn:aws:elasticache:us-east-1:111122223333:user:app-id',
    errors: {
      notFound: ['UserNotFoundFault', 404],
      state: ['InvalidUserStateFault', 400],
      value: ['InvalidParameterValueException', 400],
      combination: ['InvalidParameterCombinationException', 400],
      denied: ['AccessDenied', 403],
      unsigned: ['MissingAuthenticationToken', 403],
      unknown: ['InvalidAction', 400],
    },
    create: async ({ caches, server }, passwords, accessString = ACCESS) =>
      caches.createElastiCacheUser({ userId: 'app-id', userName: 'app', accessString, passwords, server, userGroupIds: ['group-1', 'group-2'] }),
    change: async ({ elasticache, elasticacheWith }, { passwords, accessString }, id = 'app-id', maxAttempts = 1) => {
      const client = maxAttempts === 1 ? elasticache : elasticacheWith({ maxAttempts });
      const user = await client.send(new ModifyUserCommand({ UserId: id, Passwords: passwords, AccessString: accessString }));
      return answerOf(user);
    },
    describe: async ({ elasticache }, id = 'app-id') => {
      const user = (await elasticache.send(new DescribeElastiCacheUsers({ UserId: id }))).Users?.[0];
      return answerOf(user);
    },
    describeAll: async ({ elasticache }) => ((await elasticache.send(new DescribeElastiCacheUsers({}))).Users ?? []).map(({ UserId }) => UserId),
  },
  {
    service: 'memorydb',
    action: 'UpdateUser',
    arn: 'arn:aws:memorydb:us-east-1:111122223333:user/app',
    errors: {
      notFound: ['UserNotFoundFault', 400],
      state: ['InvalidUserStateFault', 400],
      value: ['InvalidParameterValueException', 400],
      combination: ['InvalidParameterCombinationException', 400],
      denied: ['AccessDeniedException', 400],
      unsigned: ['MissingAuthenticationTokenException', 400],
      unknown: ['UnknownOperationException', 400],
    },
    create: async ({ caches, server }, passwords, accessString = ACCESS) =>
      caches.createMemoryDbUser({ name: 'app', accessString, passwords, server, aclNames: ['acl-1', 'acl-2'] }),
    change: async ({ memorydb, memorydbWith }, { passwords, accessString }, id = 'app', maxAttempts = 1) => {
      const client = maxAttempts === 1 ? memorydb : memorydbWith({ maxAttempts });
      const mode = passwords === undefined ? undefined : { Type: 'password', Passwords: passwords } as const;
      const { User: user } = await client.send(new UpdateUserCommand({ UserName: id, AuthenticationMode: mode, AccessString: accessString }));
      return answerOf(user);
    },
    describe: async ({ memorydb }, id = 'app') => {
      const user = (await memorydb.send(new DescribeMemoryDbUsers({ UserName: id }))).Users?.[0];
      return answerOf(user);
    },
    describeAll: async ({ memorydb }) => ((await memorydb.send(new DescribeMemoryDbUsers({}))).Users ?? []).map(({ Name }) => Name),
  },
];

/** What the users of both services have in common. */
interface CommonUser {
  readonly Status?: string;
  readonly AccessString?: string;
  readonly ARN?: string;
  readonly Authentication?: { readonly Type?: string; readonly PasswordCount?: number };
}

function answerOf(user: CommonUser = {}): Answer {
  const { Status: status, AccessString: accessString, ARN: arn, Authentication: { Type: authentication, PasswordCount: passwordCount } = {} } = user;
  return { status, accessString, arn, authentication, passwordCount };
}

export function refusal([name, status]: readonly [string, number]): object {
  return { name, $metadata: { httpStatusCode: status } };
}
