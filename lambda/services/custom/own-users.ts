import { checked, createService } from './create-service';
import { LoadedService, mismatch } from './load-service';
import { loginOf, OwnSession } from './own-session';
import { ServiceCalls } from './service-calls';
import type { SecretFields, Session, Users } from '../../../service';
import type { CustomRotationConfig } from '../../../src/private/rotation-config';
import type { Credential } from '../../engine/contract/credential';
import { RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** Before the function's time-out: the old password is put back in the reserve, by a service that heeds the signal. */
const ABORT_BEFORE_MS = 500;

/** The users of a service of the user's own, as the strategies for users need them. */
export class OwnUsers {
  readonly facts: SecretFields;
  private readonly users: Users;
  private readonly calls: ServiceCalls;

  constructor(loaded: LoadedService, readonly config: CustomRotationConfig, readonly invocation: Invocation) {
    this.calls = new ServiceCalls(invocation);
    const service = createService(loaded, {
      superuser: () => Promise.reject(mismatch('it asks for the superuser\'s secret, and the strategies for users hand the superuser\'s login to signIn')),
      signal: AbortSignal.timeout(Math.max(0, Math.ceil(invocation.deadline.expiresAt - Date.now() - ABORT_BEFORE_MS))),
      note: (detail) => invocation.log.info('the service says', { detail }),
    }, this.calls);
    if (service.family !== 'users') throw mismatch(`its family must be 'users' for RotationTarget.custom, not ${JSON.stringify(service.family)}`);
    this.users = checked<Users>('it', service, ['signIn']);
    const { host, port } = config.clientEndpoint ?? config;
    this.facts = { ...this.users.facts, ...(host === undefined ? {} : { host, port }) };
  }

  get username(): string {
    const { username } = this.config;
    if (username !== undefined) return username;
    throw new RotationError('MISCONFIGURED', 'the function was not told whose password it rotates', { remedy: 'Deploy the construct again: it sets ROTATION_CONFIG' });
  }

  /** Tried again until the deadline while there is no verdict. */
  async signIn(credential: Credential, longestWaitMs = Infinity): Promise<OwnSession> {
    return new OwnSession(await this.open(credential, longestWaitMs), this.calls);
  }

  /** As the superuser: a refusal is the superuser's, whose secret is then read again. */
  async signInAsSuperuser(superuser: Credential): Promise<OwnSession> {
    const refusal = (error: SignInRefused): RotationError =>
      new RotationError('SUPERUSER_REFUSED', `the service refuses the superuser ${JSON.stringify(superuser.username)} (${error.reason})`, { remedy: error.remedy });
    try {
      return new OwnSession(await this.open(superuser), this.calls, refusal);
    } catch (error: unknown) {
      throw error instanceof SignInRefused ? refusal(error) : error;
    }
  }

  /** One sign-in, for nothing but to see it accepted. */
  async prove(credential: Credential, longestWaitMs?: number): Promise<void> {
    await (await this.signIn(credential, longestWaitMs)).end();
  }

  /** Work that is begun anew, in a new session, while there is no verdict. */
  inSession(open: () => Promise<OwnSession>, work: (session: OwnSession) => Promise<void>): Promise<void> {
    return this.calls.whileNoVerdict(async () => {
      const session = await open();
      await work(session).finally(() => session.end());
    });
  }

  private open(credential: Credential, longestWaitMs = Infinity): Promise<Session> {
    const { deadline } = this.invocation;
    this.calls.remember([credential.password]);
    const attempt = async (): Promise<Session> => checked<Session>('the session that signIn answers', await this.users.signIn(loginOf(credential)), ['setPassword', 'end']);
    return this.calls.signIn('signIn', attempt, longestWaitMs < deadline.remainingMs ? deadline.atMost(longestWaitMs) : deadline);
  }
}
