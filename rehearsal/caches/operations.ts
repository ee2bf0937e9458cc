import { CacheUser } from './cache-user';
import { changeIn, userIdIn } from './change-input';
import { CacheServiceName } from './faults';
import { UserStore } from './user-store';
import { Input } from '../secrets-manager/input';

/** A structure whose undefined members are left out. */
export type Output = { readonly [name: string]: Member | undefined };
export type Member = string | number | readonly Member[] | Output;

export interface Operation {
  /** Members that it understands; it refuses others rather than to ignore them. */
  readonly members: readonly string[];
  /** The member that names the user. */
  readonly userId: string;
  readonly run: (users: UserStore, input: Input) => Promise<Output>;
}

export const OPERATIONS: Readonly<Record<CacheServiceName, ReadonlyMap<string, Operation>>> = {
  elasticache: new Map(Object.entries({
    /** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyUser.html */
    ModifyUser: {
      userId: 'UserId',
      members: ['UserId', 'AccessString', 'AppendAccessString', 'Passwords', 'NoPasswordRequired', 'AuthenticationMode'],
      run: async (users, input) => elastiCacheUser(await modify(users.get('elasticache', userIdIn(input, 'UserId')), input), 'status'),
    },
    /** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeUsers.html */
    DescribeUsers: {
      userId: 'UserId',
      members: ['UserId'],
      run: async (users, input) => ({ Users: described(users, 'elasticache', input.string('UserId')).map(user => elastiCacheUser(user, 'look')) }),
    },
  } satisfies Record<string, Operation>)),
  memorydb: new Map(Object.entries({
    /** https://docs.aws.amazon.com/memorydb/latest/APIReference/API_UpdateUser.html */
    UpdateUser: {
      userId: 'UserName',
      members: ['UserName', 'AccessString', 'AuthenticationMode'],
      run: async (users, input) => ({ User: memoryDbUser(await modify(users.get('memorydb', userIdIn(input, 'UserName')), input), 'status') }),
    },
    /** https://docs.aws.amazon.com/memorydb/latest/APIReference/API_DescribeUsers.html */
    DescribeUsers: {
      userId: 'UserName',
      members: ['UserName'],
      run: async (users, input) => ({ Users: described(users, 'memorydb', input.string('UserName')).map(user => memoryDbUser(user, 'look')) }),
    },
  } satisfies Record<string, Operation>)),
};

async function modify(user: CacheUser, input: Input): Promise<CacheUser> {
  await user.change(changeIn(input, user.description.accessString));
  return user;
}

function described(users: UserStore, service: CacheServiceName, id: string | undefined): CacheUser[] {
  return id === undefined ? users.all(service) : [users.get(service, id)];
}

/** Whether the answer tells of the change itself, or is a later look at it. */
type When = 'status' | 'look';

function elastiCacheUser(user: CacheUser, when: When): Output {
  const { id, username, groups, arn } = user.props;
  return { UserId: id, UserName: username, ...common(user, when), Engine: 'redis', MinimumEngineVersion: '6.0', UserGroupIds: groups, ARN: arn };
}

function memoryDbUser(user: CacheUser, when: When): Output {
  const { id, groups, arn } = user.props;
  return { Name: id, ...common(user, when), ACLNames: groups, MinimumEngineVersion: '6.2', ARN: arn };
}

function common(user: CacheUser, when: When): Output {
  const { accessString, passwordCount } = user.description;
  const status = when === 'look' ? user.look() : user.status;
  return { Status: status, AccessString: accessString, Authentication: { Type: 'password', PasswordCount: passwordCount } };
}
