import { serverError } from './errors';

/** A row of `pg_authid`. */
export interface Role {
  readonly name: string;
  readonly canLogin: boolean;
  readonly inherits: boolean;
  readonly isSuperuser: boolean;
  readonly createsRoles: boolean;
  readonly connectionLimit: number;
  /** Milliseconds since the epoch. */
  readonly validUntil?: number;
  /** A verifier. */
  readonly password?: string;
}

/** A row of `pg_auth_members`; below version 16 only `admin` counts. */
export interface Grant {
  readonly role: string;
  readonly member: string;
  /** From version 16 on the same membership may be given by several; before, who gave it does not count and is empty. */
  readonly grantor: string;
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

/** A row of `pg_db_role_setting`, names in lower case. */
export interface Settings {
  readonly login: string;
  readonly database: string | null;
  readonly values: Readonly<Record<string, string>>;
}

/** How many objects of a database a role owns. */
export interface Ownership {
  readonly login: string;
  readonly database: string;
  readonly count: number;
}

interface Rows {
  readonly roles: Role;
  readonly grants: Grant;
  readonly settings: Settings;
  readonly ownerships: Ownership;
}

export type Table = keyof Rows;

const KEYS: { readonly [T in Table]: (row: Rows[T]) => string } = {
  roles: ({ name }) => name,
  grants: ({ role, member, grantor }) => `${role}\0${member}\0${grantor}`,
  settings: ({ login, database }) => `${login}\0${database ?? ''}`,
  ownerships: ({ login, database }) => `${login}\0${database}`,
};

type RowKey = `${Table}\0${string}`;
type Row = Rows[Table];

function keyOf(table: Table, row: Row): RowKey {
  return `${table}\0${(KEYS[table] as (of: Row) => string)(row)}`;
}

/** A copy of all that was committed. */
export type Backup = ReadonlyMap<RowKey, Row>;

/** What is committed, and who is about to change which row of it. */
export class Catalog {
  private rows = new Map<RowKey, Row>();
  private readonly writers = new Map<RowKey, Transaction>();

  begin(): Transaction {
    return new Transaction(this);
  }

  backUp(): Backup {
    return new Map(this.rows);
  }

  restore(backup: Backup): void {
    this.rows = new Map(backup);
    this.writers.clear();
  }

  /** Commits a row at once. */
  put(table: Table, row: Row): void {
    this.rows.set(keyOf(table, row), row);
  }

  get(key: RowKey): Row | undefined {
    return this.rows.get(key);
  }

  keys(): Iterable<RowKey> {
    return this.rows.keys();
  }

  writerOf(key: RowKey): Transaction | undefined {
    return this.writers.get(key);
  }

  claim(key: RowKey, writer: Transaction): void {
    this.writers.set(key, writer);
  }

  /** Commits changes, or none, and lets the next writer in. */
  end(transaction: Transaction, changes: ReadonlyMap<RowKey, Row | undefined>): void {
    for (const [key, row] of changes) {
      if (row === undefined) this.rows.delete(key);
      else this.rows.set(key, row);
    }
    for (const [key, writer] of [...this.writers]) {
      if (writer === transaction) this.writers.delete(key);
    }
  }
}

/** Waits for another transaction, as long as the session's time-outs allow. */
export type Wait = (ended: Promise<void>) => Promise<void>;

/** READ COMMITTED: sees what others committed, and its own changes. */
export class Transaction {
  private changes = new Map<RowKey, Row | undefined>();
  private savepoint?: Map<RowKey, Row | undefined>;
  private readonly waiting: (() => void)[] = [];
  private outcome?: 'committed' | 'rolled back';

  constructor(private readonly catalog: Catalog) {}

  all<T extends Table>(table: T): Rows[T][] {
    const keys = new Set([...this.catalog.keys(), ...this.changes.keys()].filter((key) => key.startsWith(`${table}\0`)));
    return [...keys].map((key) => this.read(key)).filter((row) => row !== undefined) as Rows[T][];
  }

  role(name: string): Role | undefined {
    return this.read(`roles\0${name}`) as Role | undefined;
  }

  /**
   * Inserts or updates a row. One that another transaction is about to change is waited for; once that has committed, the change fails, as simple_heap_update
   * does in PostgreSQL's heapam.c, and as a unique index does for a new row.
   */
  async put<T extends Table>(table: T, row: Rows[T], wait: Wait): Promise<void> {
    await this.change(table, row, row, wait);
  }

  async remove<T extends Table>(table: T, row: Rows[T], wait: Wait): Promise<void> {
    await this.change(table, row, undefined, wait);
  }

  setSavepoint(): void {
    this.savepoint = new Map(this.changes);
  }

  rollBackToSavepoint(): void {
    this.changes = new Map(this.savepoint);
  }

  commit(): void {
    this.end('committed', this.changes);
  }

  rollBack(): void {
    this.end('rolled back', new Map());
  }

  private read(key: RowKey): Row | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.catalog.get(key);
  }

  private async change(table: Table, of: Row, to: Row | undefined, wait: Wait): Promise<void> {
    const key = keyOf(table, of);
    const isNew = this.read(key) === undefined;
    for (let other = this.catalog.writerOf(key); other !== undefined && other !== this; other = this.catalog.writerOf(key)) {
      await wait(other.ended());
      if (other.outcome !== 'committed') continue;
      throw isNew ? serverError('23505', 'duplicate key value violates unique constraint') : serverError('XX000', 'tuple concurrently updated');
    }
    this.catalog.claim(key, this);
    this.changes.set(key, to);
  }

  private ended(): Promise<void> {
    return new Promise((resolve) => { this.waiting.push(resolve); });
  }

  private end(outcome: 'committed' | 'rolled back', changes: ReadonlyMap<RowKey, Row | undefined>): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.catalog.end(this, changes);
    for (const resume of this.waiting) resume();
  }
}
