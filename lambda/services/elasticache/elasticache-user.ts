import { DescribeUsersCommand, ElastiCacheClient, ModifyUserCommand } from '@aws-sdk/client-elasticache';
import type { CacheService } from './cache-errors';
import { CacheUser } from './cache-user';
import type { CallLimits, DescribedUser } from './user-state';
import { CLIENT_SETTINGS } from '../../engine/contract/aws-calls';

/** The passwords of a user of Amazon ElastiCache. */
export class ElastiCacheUser extends CacheUser {
  protected readonly service: CacheService = { name: 'ElastiCache', prefix: 'elasticache', change: 'ModifyUser', group: 'user group' };
  private readonly client = new ElastiCacheClient(CLIENT_SETTINGS);

  protected async describe(limits: CallLimits): Promise<DescribedUser | undefined> {
    const { Users: [user] = [] } = await this.client.send(new DescribeUsersCommand({ UserId: this.config.userId }), limits);
    return user && { username: user.UserName, status: user.Status, authentication: user.Authentication };
  }

  protected async replacePasswords(passwords: string[], limits: CallLimits): Promise<void> {
    await this.client.send(new ModifyUserCommand({ UserId: this.config.userId, Passwords: passwords }), limits);
  }
}
