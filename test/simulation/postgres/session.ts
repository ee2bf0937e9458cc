import type { QueryResult } from 'pg';
import { Transaction } from './catalog';
import { connectionLost, serverError } from './errors';
import { Memberships, OPTIONS_SINCE } from './memberships';
import { answering } from './queries';
import type { SimulatedServer } from './server';
import { changing } from './statements';
import { Connection } from '../outside';

/** The settings of a session that matter here, in milliseconds where they are times. */
export interface SessionSettings {
  readonly lock_timeout?: string;
  readonly idle_session_timeout?: string;
  readonly idle_in_transaction_session_timeout?: string;
  readonly role?: string;
}

/** The server's side of a session. */
export class ServerSession implements Connection {
  /** The warnings of the sign-in. */
  readonly warnings: string[] = [];
  readonly currentUser: string;
  private open = true;
  private transaction?: Transaction;
  private failed = false;
  private stalled = false;
  private hungUp = false;

  constructor(readonly server: SimulatedServer, readonly username: string, readonly database: string, private readonly settings: SessionSettings) {
    this.currentUser = this.actsAs();
    this.rest();
  }

  private preventIdleEnd: () => void = () => undefined;
  private interrupt: (why: Error) => void = () => undefined;

  async query(sql: string, values: readonly unknown[] = []): Promise<QueryResult> {
    if (!this.open) throw connectionLost();
    this.preventIdleEnd();
    const lost = new Promise<never>((_, reject) => { this.interrupt = reject; });
    lost.catch(() => undefined);
    try {
      return await Promise.race([this.run(sql.replace(/\s+/g, ' ').trim(), values), lost]);
    } catch (error: unknown) {
      if (this.transaction !== undefined) this.failed = true;
      throw error;
    } finally {
      this.rest();
    }
  }

  /** The server ends the session: what was not committed is rolled back, its locks are free. */
  end(): void {
    if (!this.open) return;
    this.open = false;
    this.preventIdleEnd();
    this.transaction?.rollBack();
    this.server.forget(this);
    this.interrupt(connectionLost());
  }

  /** The client has gone; what it sent before that comes first. */
  hangUp(): void {
    this.hungUp = true;
    if (!this.stalled) this.end();
  }

  stall(): void {
    this.stalled = true;
  }

  arrive(): void {
    this.stalled = false;
    if (this.hungUp) this.end();
  }

  private async run(sql: string, values: readonly unknown[]): Promise<QueryResult> {
    const control = await this.control(sql);
    if (control !== undefined) return result([], control);
    if (this.failed) throw serverError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
    const query = answering(sql);
    if (query !== undefined) return result(this.read((view) => query(this.queryContext(view), values) as object[]), 'SELECT');
    const change = changing(sql);
    if (change === undefined) throw new Error(`the simulated server does not know the statement: ${sql.slice(0, 200)}`);
    const { server: { version }, currentUser: actor } = this;
    const refusePassword = (): boolean => this.server.passwordsToRefuse-- > 0;
    await this.write((view) => change({ view, actor, version, wait: (ended) => this.wait(ended), refusePassword }));
    return result([], 'ALTER ROLE');
  }

  /** The command that it is reported as; undefined for what does not control a transaction. */
  private async control(sql: string): Promise<string | undefined> {
    if (sql === 'BEGIN') {
      this.transaction = this.server.catalog.begin();
      return 'BEGIN';
    }
    if (sql === 'COMMIT' || sql === 'ROLLBACK') {
      const { transaction, failed } = this;
      this.transaction = undefined;
      this.failed = false;
      const commits = sql === 'COMMIT' && !failed;
      if (commits) transaction?.commit();
      else transaction?.rollBack();
      return commits ? 'COMMIT' : 'ROLLBACK';
    }
    if (sql.startsWith('SAVEPOINT')) this.transaction?.setSavepoint();
    if (sql.startsWith('ROLLBACK TO')) {
      this.transaction?.rollBackToSavepoint();
      this.failed = false;
    }
    return /^(SAVEPOINT|ROLLBACK TO|RELEASE|SET)\b/.exec(sql)?.[1];
  }

  private read<T>(work: (view: Transaction) => T): T {
    return work(this.transaction ?? this.server.catalog.begin());
  }

  private async write(work: (view: Transaction) => Promise<void>): Promise<void> {
    if (this.transaction !== undefined) return work(this.transaction);
    const single = this.server.catalog.begin();
    try {
      await work(single);
      if (!this.open) throw connectionLost();
      single.commit();
    } finally {
      single.rollBack();
    }
  }

  /** Until another transaction has ended, `lock_timeout` at most. */
  private async wait(ended: Promise<void>): Promise<void> {
    const givenUp = this.server.time.sleep(Number(this.settings.lock_timeout ?? 10_000)).then(() => {
      throw serverError('55P03', 'canceling statement due to lock timeout', 'ProcessInterrupts');
    });
    await Promise.race([ended, givenUp]);
  }

  /** The server ends sessions that say nothing for too long. */
  private rest(): void {
    const { idle_session_timeout: outside, idle_in_transaction_session_timeout: inside } = this.settings;
    const limit = this.transaction === undefined ? outside : inside;
    this.preventIdleEnd();
    if (this.open && limit !== undefined) this.preventIdleEnd = this.server.time.after(Number(limit), () => this.end());
  }

  private queryContext(view: Transaction): Parameters<NonNullable<ReturnType<typeof answering>>>[0] {
    const { server, username, currentUser } = this;
    return {
      view,
      sessionUser: username,
      currentUser,
      version: server.version,
      now: server.time.now,
      sessionsOf: (name) => server.sessionsOf(name),
      tryLock: (key) => server.tryLock(key, this),
    };
  }

  /**
   * `role` of the start-up packet, else of the user in this database, else of the user. A setting that may not be followed fails open, with a warning, even
   * where another wins over it (process_settings in PostgreSQL's postinit.c).
   */
  private actsAs(): string {
    const view = this.server.catalog.begin();
    const rows = view.all('settings').filter(({ login, database }) => login === this.username && (database === null || database === this.database));
    const chosen = rows.sort((a) => (a.database === null ? 1 : -1)).map(({ values }) => values.role).filter((role) => role !== undefined);
    for (const role of chosen.filter((candidate) => !this.mayAct(view, candidate))) {
      this.warnings.push(view.role(role) ? `permission denied to set role "${role}"` : `role "${role}" does not exist`);
    }
    const acting = this.settings.role ?? chosen.find((role) => this.mayAct(view, role)) ?? 'none';
    return acting === 'none' ? this.username : acting;
  }

  private mayAct(view: Transaction, role: string): boolean {
    if (role === 'none' || role === this.username) return true;
    return view.role(role) !== undefined && new Memberships(view, this.server.version).has(this.username, role, this.server.version < OPTIONS_SINCE ? 'MEMBER' : 'SET');
  }
}

function result(rows: object[], command: string): QueryResult {
  return { rows, command, rowCount: rows.length, oid: 0, fields: [] };
}
