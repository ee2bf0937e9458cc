import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryConfig, QueryResult } from 'pg';
import { DEFAULT_ITERATIONS } from './scram';
import type { SignInContext } from './sign-in-errors';
import type { AuthenticationMethod } from './sign-in-record';
import type { StartedUp } from './start-up';
import { statementError } from './statement-errors';
import type { Credential } from '../../engine/contract/credential';
import type { Deadline } from '../../engine/contract/deadline';
import { RotationError } from '../../engine/contract/errors';

/** Given to a statement when the time is used up, so that what was changed can still be put back. */
const LEAST_STATEMENT_MS = 1_500;
const GOODBYE_MS = 500;

/** A signed-in session. Calls on it are strictly sequential; what they throw is always a `RotationError`. */
export class Session {
  constructor(private readonly started: StartedUp, private readonly context: SignInContext, private readonly deadline: Deadline) {}

  get username(): string {
    return this.context.username;
  }

  get database(): string {
    return this.context.database;
  }

  /** E.g. 160004 for 16.4. */
  get serverVersionNum(): number {
    const [, major = '0', minor = '0'] = /^(\d+)\.?(\d+)?/.exec(this.started.parameters.get('server_version') ?? '') ?? [];
    return Number(major) * 10_000 + Number(minor);
  }

  /** The warnings of the sign-in: a `role` setting that the server could not follow is one of them. */
  get startupWarnings(): readonly string[] {
    return this.started.warnings;
  }

  get authenticationMethod(): AuthenticationMethod {
    return this.started.record.method;
  }

  /** What the server counts on for new verifiers; it reports the setting from version 16. */
  get scramIterations(): number {
    return Number(this.started.parameters.get('scram_iterations') ?? DEFAULT_ITERATIONS);
  }

  /** Exactly what the server stores for the credential of this sign-in, or nothing if that cannot be proven. */
  storedForm(credential: Credential): Promise<string | undefined> {
    return this.started.record.storedForm(credential);
  }

  async query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]> {
    return (await this.run(sql, values)).rows as Row[];
  }

  /** Commits what `work` did, or nothing of it. A lost connection at the commit leaves the outcome unknown: `NoVerdict`. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN');
    try {
      const result = await work();
      await this.commit();
      return result;
    } catch (error: unknown) {
      await this.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Closes the session; never throws, and does not wait for a server that has gone silent. */
  async end(): Promise<void> {
    const waiting = new AbortController();
    const goodbye = this.started.client.end().catch(() => undefined);
    await Promise.race([goodbye, sleep(GOODBYE_MS, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
    this.started.client.connection.stream.destroy();
  }

  /** A failed statement inside makes the server answer a commit with a rollback, and no error. */
  private async commit(): Promise<void> {
    const { command } = await this.run('COMMIT');
    if (command === 'COMMIT') return;
    throw new RotationError('UNEXPECTED', 'a transaction was rolled back although no statement was seen to fail', { remedy: 'See the log of the server' });
  }

  private async run(sql: string, values?: readonly unknown[]): Promise<QueryResult> {
    const statement: QueryConfig & { readonly query_timeout: number } = {
      text: sql, ...(values === undefined ? {} : { values: [...values] }), query_timeout: Math.max(LEAST_STATEMENT_MS, this.deadline.remainingMs),
    };
    try {
      return await this.started.client.query(statement);
    } catch (error: unknown) {
      throw statementError(error, this.context);
    }
  }
}
