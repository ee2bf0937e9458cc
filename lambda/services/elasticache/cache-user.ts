import { accessOfUser, CacheService, cacheError, notYet } from './cache-errors';
import type { ChosenCredentials, SecretFields } from '../../../service';
import type { CacheUserRotationConfig } from '../../../src/private/rotation-config';
import { limitsOf, outcomeOf } from '../../engine/contract/aws-calls';
import { Credential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';
import { SignIn } from '../redis/sign-in';

/** A user as its service describes it. */
export interface DescribedUser {
  readonly username?: string;
  readonly status?: string;
  readonly authentication?: { readonly Type?: string; readonly PasswordCount?: number };
}

export interface CallLimits {
  readonly requestTimeout: number;
}

/** "Passwords length must be between 16-128 characters", both services say. */
const SHORTEST = 16;
const LONGEST = 128;

/**
 * The passwords of a user of ElastiCache or MemoryDB, who may have two. Both services take the whole list at each change, and carry it out later: the
 * user is `modifying` until then, and meanwhile the cache accepts what it accepted before. How they are called, a subclass says.
 */
export abstract class CacheUser implements ChosenCredentials {
  readonly family = 'chosen';
  /** `user_arn` is AWS's: "JSON structure of AWS Secrets Manager secrets", Amazon ElastiCache. Where to connect is for clients that read no configuration besides. */
  readonly facts: SecretFields;
  protected abstract readonly service: CacheService;
  private readonly signIn: SignIn;

  /** The CAs are Node.js's own, which have Amazon's that both services use; a test has its own. */
  constructor(protected readonly config: CacheUserRotationConfig, protected readonly invocation: Invocation, authorities?: string) {
    const { userArn, endpoint } = config;
    this.facts = { user_arn: userArn, ...(endpoint ? { host: endpoint.host, port: endpoint.port } : {}) };
    this.signIn = new SignIn(invocation, {
      authorities: authorities === undefined ? undefined : () => Promise.resolve(authorities),
      certificateRemedy: 'Give `endpoint` the name that the service shows, not an alias of it, and see that encryption in transit is on. Where a proxy of your own ends TLS, name its CA file in the function\'s NODE_EXTRA_CA_CERTS',
      refusalRemedy: () => accessOfUser(this.service, config),
    });
  }

  protected abstract describe(limits: CallLimits): Promise<DescribedUser | undefined>;
  protected abstract replacePasswords(passwords: string[], limits: CallLimits): Promise<void>;

  fieldsOf(password: string): SecretFields {
    if (fits(password)) return { username: this.config.username, password };
    throw new RotationError('MISCONFIGURED', `the password policy draws ${password.length} characters, and ${this.service.name} takes ${SHORTEST} to ${LONGEST}`, {
      remedy: 'Correct the length in the `passwordPolicy` of the construct',
    });
  }

  principalOf({ username }: SecretFields): string | undefined {
    return username === this.config.username ? this.config.username : undefined;
  }

  async apply(accepted: readonly SecretFields[], fence: () => Promise<void>): Promise<void> {
    const passwords = [...new Set(accepted.map((fields) => this.credentialOf(fields).password))];
    await this.repeating(async () => {
      await this.untilActive();
      await fence();
      await this.replace(passwords);
    }, wasNotExecuted);
    await this.untilActive();
  }

  /** At the cache where clients use it; without an endpoint the service's word is taken. */
  async verify(fields: SecretFields): Promise<void> {
    const credential = this.credentialOf(fields);
    if (this.config.endpoint) return this.signIn.verify(credential, this.config.endpoint);
    const { authentication } = await this.activeUser();
    if ((authentication?.PasswordCount ?? 0) === 0) throw this.refused('has no password');
    this.invocation.log.info('nobody signed in: the construct was given no endpoint, so the word of the service is taken', { username: this.config.username });
  }

  async check(current: SecretFields): Promise<void> {
    const credential = this.credentialOf(current);
    const { authentication } = await this.untilActive();
    if ((authentication?.PasswordCount ?? 0) === 0) throw this.refused('has no password');
    if (this.config.endpoint) await this.signIn.verify(credential, this.config.endpoint);
  }

  /**
   * One attempt. The deadline is looked at once more: a list sent late, by an invocation that was frozen after its fence, takes the place of a newer
   * one and cuts off clients that use the password which only that one has. No call of either service has a condition that would prevent it.
   */
  private async replace(passwords: string[]): Promise<void> {
    const { service, config, invocation: { deadline } } = this;
    if (deadline.remainingMs === 0) throw new NoVerdict('DEADLINE', `there was no time left for ${service.change} of the user ${config.userArn}`, { remedy: 'Nothing was sent. Raise the time-out of the function' });
    try {
      await this.replacePasswords(passwords, limitsOf(deadline));
    } catch (error: unknown) {
      throw cacheError(service.change, service, config, error);
    }
  }

  /** Waits for the end of a change. */
  private untilActive(): Promise<DescribedUser> {
    return this.repeating(() => this.activeUser(), (error) => error instanceof NoVerdict);
  }

  private async activeUser(): Promise<DescribedUser> {
    const { config } = this;
    const user = await this.described();
    if (user.status === 'active') return this.usable(user);
    if (user.status === 'modifying') throw notYet(this.service, config);
    throw new RotationError('USER_UNUSABLE', `the user ${config.userArn} is ${user.status ?? 'without a status'}`, { remedy: 'Create it again, or delete the rotation' });
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

  private refused(why: string): SignInRefused {
    return new SignInRefused(this.config.username, `the user ${this.config.userArn} ${why}`, { remedy: accessOfUser(this.service, this.config) });
  }

  private credentialOf({ password }: SecretFields): Credential {
    if (typeof password === 'string' && fits(password)) return new Credential(this.config.username, password);
    throw new RotationError('SECRET_MALFORMED', `a version of the secret of the user ${this.config.userArn} holds no password that ${this.service.name} could have accepted`, {
      remedy: `It must hold \`username\` and \`password\`, both strings, the password of ${SHORTEST} to ${LONGEST} characters`,
    });
  }

  private repeating<T>(attempt: () => Promise<T>, retryable: (error: unknown) => boolean): Promise<T> {
    const { deadline, measurements } = this.invocation;
    return deadline.retry(attempt, retryable, () => { measurements.retries++; });
  }
}

function fits({ length }: string): boolean {
  return length >= SHORTEST && length <= LONGEST;
}

/** The service was busy, or the user still `modifying`; of an answer that was lost nobody knows. */
function wasNotExecuted(error: unknown): boolean {
  return error instanceof NoVerdict && error.code === 'SERVICE_BUSY';
}
