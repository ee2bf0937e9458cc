import { accessOfUser, CacheService, cacheError } from './cache-errors';
import { CallLimits, DescribedUser, UserState } from './user-state';
import type { ChosenCredentials, SecretFields } from '../../../service';
import type { CacheUserRotationConfig } from '../../../src/private/rotation-config';
import { limitsOf } from '../../engine/contract/aws-calls';
import { Credential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';
import { SignIn } from '../redis/sign-in';

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
    const { deadline, measurements } = this.invocation;
    await deadline.retry(async () => {
      await this.state.untilActive();
      await fence();
      await this.replace(passwords);
    }, wasNotExecuted, () => { measurements.retries++; });
    await this.state.untilActive();
  }

  /** At the cache where clients use it; without an endpoint the service's word is taken. */
  async verify(fields: SecretFields): Promise<void> {
    const credential = this.credentialOf(fields);
    if (this.config.endpoint) return this.signIn.verify(credential, this.config.endpoint);
    const { authentication } = await this.state.active();
    if ((authentication?.PasswordCount ?? 0) === 0) throw this.refused('has no password');
    this.invocation.log.info('nobody signed in: the construct was given no endpoint, so the word of the service is taken', { username: this.config.username });
  }

  async check(current: SecretFields): Promise<void> {
    const credential = this.credentialOf(current);
    const { authentication } = await this.state.untilActive();
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

  private get state(): UserState {
    return new UserState(this.service, this.config, this.invocation, (limits) => this.describe(limits));
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
}

function fits({ length }: string): boolean {
  return length >= SHORTEST && length <= LONGEST;
}

/** The service was busy, or the user still `modifying`; of an answer that was lost nobody knows. */
function wasNotExecuted(error: unknown): boolean {
  return error instanceof NoVerdict && error.code === 'SERVICE_BUSY';
}
