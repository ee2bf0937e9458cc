import { DescribeUsersCommand, MemoryDBClient, UpdateUserCommand } from '@aws-sdk/client-memorydb';
import { CLIENT_SETTINGS } from '../../engine/contract/aws-calls';
import type { CacheService } from '../elasticache/cache-errors';
import { CacheUser } from '../elasticache/cache-user';
import type { CallLimits, DescribedUser } from '../elasticache/user-state';

/** The passwords of a user of Amazon MemoryDB, whose id is the name to sign in with. */
export class MemoryDbUser extends CacheUser {
  protected readonly service: CacheService = { name: 'MemoryDB', prefix: 'memorydb', change: 'UpdateUser', group: 'ACL' };
  private readonly client = new MemoryDBClient(CLIENT_SETTINGS);

  protected async describe(limits: CallLimits): Promise<DescribedUser | undefined> {
    const { Users: [user] = [] } = await this.client.send(new DescribeUsersCommand({ UserName: this.config.userId }), limits);
    return user && { username: user.Name, status: user.Status, authentication: user.Authentication };
  }

  protected async replacePasswords(passwords: string[], limits: CallLimits): Promise<void> {
    const change = { UserName: this.config.userId, AuthenticationMode: { Type: 'password' as const, Passwords: passwords } };
    await this.client.send(new UpdateUserCommand(change), limits);
  }
}
