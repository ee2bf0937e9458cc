import { setTimeout as sleep } from 'node:timers/promises';
import { mismatch } from './load-service';
import type { ServiceCalls } from './service-calls';
import type { Login, Session } from '../../../service';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { RotationError, SignInRefused } from '../../engine/contract/errors';

const LONGEST_GOODBYE_MS = 1_000;

/** What a refusal of the session's own credential is. */
type Refusal = (error: SignInRefused) => RotationError;

/** A session of the service: its errors are translated, and none of its calls is repeated. */
export class OwnSession {
  constructor(private readonly session: Session, private readonly calls: ServiceCalls, private readonly refusal: Refusal = (error) => error) {}

  async setPassword({ username, password }: Credential): Promise<void> {
    this.calls.remember([password]);
    await this.call('setPassword', () => this.session.setPassword({ username, password }));
  }

  async makeAlike(current: StoredCredential, pending: StoredCredential): Promise<void> {
    const pair = { current: loginOf(current.credential), pending: loginOf(pending.credential) };
    this.calls.remember([pair.current.password, pair.pending.password]);
    await this.call('makeAlike', () => this.session.makeAlike?.(pair));
  }

  assertMakesAlike(): void {
    if (typeof this.session.makeAlike !== 'function') throw mismatch('the sessions of AlternatingUsersRotation need makeAlike');
  }

  async check(usernames: readonly string[]): Promise<void> {
    await this.call('check', () => this.session.check?.(usernames));
  }

  /** Never throws, and waits for nobody for long. */
  async end(): Promise<void> {
    const ended = Promise.resolve().then(() => this.session.end()).catch(() => undefined);
    await Promise.race([ended, sleep(LONGEST_GOODBYE_MS, undefined, { ref: false })]);
  }

  /** Over a protocol without connections each call signs in anew. */
  private async call(method: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await this.calls.once(method, work);
    } catch (error: unknown) {
      throw error instanceof SignInRefused ? this.refusal(error) : error;
    }
  }
}

export function loginOf({ username, password }: Credential): Login {
  return { username, password };
}
