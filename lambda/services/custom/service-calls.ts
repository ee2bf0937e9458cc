import { setTimeout as sleep } from 'node:timers/promises';
import { membersOf, secretsOf, shown, translate } from './service-errors';
import type { SecretFields, ServiceContext } from '../../../service';
import type { Deadline } from '../../engine/contract/deadline';
import { NoVerdict, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** Putting things right uses the reserve. */
const LEAST_CALL_MS = 1_000;
const ABORTED = ['AbortError', 'TimeoutError'];

/** The border to a service of the user's own, during one step: nothing secret comes back in its messages, and nobody waits for it past the deadline. */
export class ServiceCalls {
  private readonly known = new Set<string>();

  constructor(private readonly invocation: Invocation) {}

  /** From now on no message repeats these. */
  remember(secrets: readonly string[]): void {
    secrets.filter((secret) => secret !== '').forEach((secret) => this.known.add(secret));
  }

  /** What the service gets from the engine. */
  context(context: ServiceContext): ServiceContext {
    return {
      signal: context.signal,
      superuser: async () => {
        const fields: SecretFields = await context.superuser();
        this.remember(secretsOf(fields));
        return fields;
      },
      note: (message) => { context.note(shown(this.known, String(message), 'a note that repeats a credential is left out')); },
    };
  }

  /** A method that answers at once; it was given these members. */
  now<T>(method: string, work: () => T, given: SecretFields = {}): T {
    try {
      return work();
    } catch (error: unknown) {
      this.remember(secretsOf(given));
      throw translate(this.known, method, error);
    }
  }

  /** A call that is not repeated. */
  async once<T>(method: string, work: () => T | Promise<T>, deadline: Deadline = this.invocation.deadline): Promise<T> {
    const answered = new AbortController();
    const limitMs = Math.max(LEAST_CALL_MS, deadline.remainingMs);
    const tooLate = sleep(limitMs, undefined, { signal: answered.signal }).then(() => { throw noAnswer(method); });
    try {
      return await Promise.race([(async () => work())(), tooLate]);
    } catch (error: unknown) {
      const gaveUp = deadline.remainingMs === 0 && ABORTED.includes(String(membersOf(error).name));
      throw gaveUp ? noAnswer(method) : translate(this.known, method, error);
    } finally {
      answered.abort();
    }
  }

  /** A call that ends in the same state however often it is made: again while there is no verdict, until the deadline. */
  repeated<T>(method: string, work: () => T | Promise<T>, deadline: Deadline = this.invocation.deadline): Promise<T> {
    return this.whileNoVerdict(() => this.once(method, work, deadline), deadline);
  }

  /** The same, for a use of a credential: each is counted. */
  signIn<T>(method: string, work: () => T | Promise<T>, deadline: Deadline = this.invocation.deadline): Promise<T> {
    const { measurements } = this.invocation;
    return this.whileNoVerdict(async () => {
      measurements.signIns++;
      try {
        return await this.once(method, work, deadline);
      } catch (error: unknown) {
        if (error instanceof SignInRefused) measurements.signInsRefused++;
        throw error;
      }
    }, deadline);
  }

  /** The same, for more than one call. */
  whileNoVerdict<T>(attempt: () => Promise<T>, deadline: Deadline = this.invocation.deadline): Promise<T> {
    return deadline.retry(attempt, (error) => error instanceof NoVerdict, () => { this.invocation.measurements.retries++; });
  }
}

function noAnswer(method: string): NoVerdict {
  return new NoVerdict('DEADLINE', `${method} of the service of your own had not answered when the time was used up`, {
    remedy: 'See that the service can be reached, and that whatever waits gets `signal`. If it needs the time, raise `timeout`',
  });
}
