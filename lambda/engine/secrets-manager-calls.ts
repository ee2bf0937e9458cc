import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NoVerdict } from './contract/errors';
import { Invocation } from './contract/invocation';
import { callFailed, isRepeatable } from './secrets-manager-errors';

const LONGEST_CALL_MS = 3_000;
const LEAST_CALL_MS = 1_000;

type Call<T> = (client: SecretsManagerClient, limits: { readonly requestTimeout: number }) => Promise<T>;

/** How Secrets Manager is called: for how long, how often, and until when. Throws the service's own errors unless it says otherwise. */
export class SecretsManagerCalls {
  constructor(private readonly client: SecretsManagerClient, private readonly invocation: Invocation) {}

  /** A call that begins shortly before the deadline must not use up the reserve; putting things right gets the least. */
  once<T>(call: Call<T>): Promise<T> {
    const { remainingMs } = this.invocation.deadline;
    return call(this.client, { requestTimeout: Math.ceil(Math.min(LONGEST_CALL_MS, Math.max(LEAST_CALL_MS, remainingMs))) });
  }

  /** The SDK's own retries are off: they would hide that an answer was lost. */
  repeated<T>(call: Call<T>): Promise<T> {
    const { deadline, measurements } = this.invocation;
    return deadline.retry(() => this.once(call), isRepeatable, () => { measurements.retries++; });
  }

  /** What is read guards what is written next. A function that stood still beyond its time-out has been given up, and another one is at work. */
  async read<T>(secretArn: string, call: Call<T>): Promise<T> {
    const answer = await this.repeated(call);
    if (!this.invocation.deadline.hasPassed) return answer;
    throw new NoVerdict('DEADLINE', `the function stood still until after its time-out in the rotation of ${secretArn}; from here on it does nothing`, {
      remedy: 'Secrets Manager retries the rotation. If it repeats, raise `timeout`',
    });
  }

  /** What fails within is an error of ours, which names the operation and the secret. */
  async translated<T>(operation: string, secretArn: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error: unknown) {
      throw callFailed(operation, secretArn, error);
    }
  }
}
