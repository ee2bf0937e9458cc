import { CacheService, cacheError, notYet } from './cache-errors';
import type { CacheUserRotationConfig } from '../../../src/private/rotation-config';
import { limitsOf, outcomeOf } from '../../engine/contract/aws-calls';
import { NoVerdict, RotationError } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** A user as its service describes it. */
export interface DescribedUser {
  readonly username?: string;
  readonly status?: string;
  readonly authentication?: { readonly Type?: string; readonly PasswordCount?: number };
}

export interface CallLimits {
  readonly requestTimeout: number;
}

/** What the service says of the user: whether a change of it is over, and whether passwords are how it signs in. */
export class UserState {
  constructor(
    private readonly service: CacheService, private readonly config: CacheUserRotationConfig, private readonly invocation: Invocation,
    private readonly describe: (limits: CallLimits) => Promise<DescribedUser | undefined>,
  ) {}

  /** Waits for the end of a change. */
  untilActive(): Promise<DescribedUser> {
    return this.repeating(() => this.active(), (error) => error instanceof NoVerdict);
  }

  /** Throws `NoVerdict` while a change is under way. */
  async active(): Promise<DescribedUser> {
    const user = await this.described();
    if (user.status === 'active') return this.usable(user);
    if (user.status === 'modifying') throw notYet(this.service, this.config);
    throw new RotationError('USER_UNUSABLE', `the user ${this.config.userArn} is ${user.status ?? 'without a status'}`, { remedy: 'Create it again, or delete the rotation' });
  }

  private async described(): Promise<DescribedUser> {
    try {
      const user = await this.repeating(() => this.describe(limitsOf(this.invocation.deadline)), (error) => outcomeOf(error) !== 'refused');
      if (user) return user;
    } catch (error: unknown) {
      throw cacheError('DescribeUsers', this.service, this.config, error);
    }
    throw new RotationError('USER_MISSING', `${this.service.name} knows no user ${this.config.userArn}`, { remedy: 'Create it, or delete the rotation' });
  }

  /** Passwords would end whatever other way of signing in the user has. */
  private usable(user: DescribedUser): DescribedUser {
    const { userArn, username } = this.config;
    const { Type: type } = user.authentication ?? {};
    if (user.username !== username) {
      throw new RotationError('MISCONFIGURED', `the user ${userArn} signs in as "${user.username}", not as "${username}"`, { remedy: `Give the construct "${user.username}" as the user's name` });
    }
    if (type !== 'password') throw new RotationError('USER_UNUSABLE', `the user ${userArn} signs in by "${type}", not by a password; nothing was changed`, { remedy: 'Rotate users of the authentication type "password" only' });
    return user;
  }

  private repeating<T>(attempt: () => Promise<T>, retryable: (error: unknown) => boolean): Promise<T> {
    const { deadline, measurements } = this.invocation;
    return deadline.retry(attempt, retryable, () => { measurements.retries++; });
  }
}
