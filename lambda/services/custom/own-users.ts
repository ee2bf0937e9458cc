import { setTimeout as sleep } from 'node:timers/promises';
import { LoadedService, mismatch } from './load-service';
import { checked, createService } from './own-credentials';
import { translated } from './service-errors';
import type { Login, Session, Users, UserPair } from '../../../service';
import type { CustomRotationConfig } from '../../../src/private/rotation-config';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

const SESSION = ['setPassword', 'end'] as const;

/** The users of a service of the user's own, as the strategies for users need them. */
export class OwnUsers {
  readonly facts: Readonly<Record<string, unknown>>;
  private readonly users: Users;
  private readonly known = new Set<string>();

  constructor(loaded: LoadedService, readonly config: CustomRotationConfig, readonly invocation: Invocation) {
    const service = createService(loaded, {
      superuser: () => Promise.reject(new Error('the strategies for users hand the superuser\'s login to signIn')),
      signal: AbortSignal.timeout(Math.ceil(invocation.deadline.remainingMs)),
      note: (detail) => invocation.log.info('the service says', { detail }),
    });
    if (service.family !== 'users') throw mismatch(`its family must be 'users' for RotationTarget.custom, not ${JSON.stringify(service.family)}`);
    this.users = checked(service, ['signIn']);
    const { host, port } = config.clientEndpoint ?? config;
    this.facts = { ...this.users.facts, host, port };
  }

  get username(): string {
    const { username } = this.config;
    if (username !== undefined) return username;
    throw new RotationError('MISCONFIGURED', 'the function was not told whose password it rotates', { remedy: 'Deploy the construct again: it sets ROTATION_CONFIG' });
  }

  /** Tried again until the deadline while there is no verdict. */
  async signIn(credential: Credential): Promise<OwnSession> {
    const { deadline, measurements } = this.invocation;
    this.known.add(credential.password);
    const session = await deadline.retry(() => this.signInOnce(credential), (error) => error instanceof NoVerdict, () => { measurements.retries++; });
    return new OwnSession(checked(session, SESSION), (method, work) => translated(this.known, method, work), (password) => this.known.add(password));
  }

  /** As the superuser: a refusal is the superuser's, whose secret is then read again. */
  async signInAsSuperuser(superuser: Credential): Promise<OwnSession> {
    try {
      return await this.signIn(superuser);
    } catch (error: unknown) {
      if (!(error instanceof SignInRefused)) throw error;
      throw new RotationError('SUPERUSER_REFUSED', `the service refuses the superuser ${JSON.stringify(superuser.username)} (${error.reason})`, { remedy: error.remedy });
    }
  }

  /** One sign-in, for nothing but to see it accepted. */
  async prove(credential: Credential): Promise<void> {
    await (await this.signIn(credential)).end();
  }

  private async signInOnce(credential: Credential): Promise<Session> {
    const { measurements } = this.invocation;
    measurements.signIns++;
    try {
      return await translated(this.known, 'signIn', () => this.users.signIn(loginOf(credential)));
    } catch (error: unknown) {
      if (error instanceof SignInRefused) measurements.signInsRefused++;
      throw error;
    }
  }
}

/** A session of the service, its errors translated. */
export class OwnSession {
  constructor(
    private readonly session: Session,
    private readonly translating: <T>(method: string, work: () => Promise<T>) => Promise<T>,
    private readonly remember: (password: string) => void,
  ) {}

  async setPassword(credential: Credential): Promise<void> {
    this.remember(credential.password);
    await this.translating('setPassword', () => this.session.setPassword(loginOf(credential)));
  }

  async makeAlike(current: StoredCredential, pending: StoredCredential): Promise<void> {
    const { session } = this;
    const pair: UserPair = { current: loginOf(current.credential), pending: loginOf(pending.credential) };
    [pair.current, pair.pending].forEach(({ password }) => this.remember(password));
    if (session.makeAlike === undefined) throw noMakeAlike();
    await this.translating('makeAlike', async () => session.makeAlike?.(pair));
  }

  assertMakesAlike(): void {
    if (typeof this.session.makeAlike !== 'function') throw noMakeAlike();
  }

  async check(usernames: readonly string[]): Promise<void> {
    await this.translating('check', async () => this.session.check?.(usernames));
  }

  /** Never throws, and waits for nobody for long. */
  async end(): Promise<void> {
    const ended = Promise.resolve().then(() => this.session.end()).catch(() => undefined);
    await Promise.race([ended, sleep(1_000, undefined, { ref: false })]);
  }
}

function noMakeAlike(): RotationError {
  return mismatch('the sessions of AlternatingUsersRotation need makeAlike');
}

function loginOf({ username, password }: Credential): Login {
  return { username, password };
}
