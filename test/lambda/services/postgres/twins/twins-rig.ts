import { Client, escapeIdentifier } from 'pg';
import { TwinUsers } from '../../../../../lambda/alternating-users/strategy';
import { StoredCredential } from '../../../../../lambda/engine/contract/credential';
import { Twins } from '../../../../../lambda/services/postgres/twins';
import { StoredPair } from '../../../../../lambda/services/postgres/twins/converge-request';
import { PostgresRotationConfig } from '../../../../../src/private/rotation-config';
import { Login, MASTER, TestPostgres, uniqueName } from '../../../../support/postgres';
import { configFor, connectorFor, credentialOf, LogLine, pendingFor, testInvocation, trusting } from '../../../../support/postgres-service';

const TRUSTED = trusting();

/** A pair of users in a database of its own, and the secret that holds their credentials. */
export class TwinsRig {
  /** Nothing exists yet but the database, which belongs to the master. */
  static async create(postgres: TestPostgres, overrides: Partial<PostgresRotationConfig> = {}): Promise<TwinsRig> {
    const databaseName = overrides.databaseName ?? await postgres.createDatabase();
    return new TwinsRig(postgres, configFor(postgres, overrides.username ?? uniqueName('app'), { ...overrides, databaseName }));
  }

  readonly lines: LogLine[] = [];
  /** Passwords by user, as the versions of the secret have them. */
  readonly passwords = new Map<string, string>();
  current: StoredCredential;
  superuser: Login = MASTER;

  private constructor(readonly postgres: TestPostgres, readonly config: PostgresRotationConfig) {
    this.current = this.stored(config.username);
    this.passwords.set(config.username, this.current.credential.password);
  }

  get first(): string {
    return this.config.username;
  }

  get twin(): string {
    return this.config.alternateUsername ?? `${this.first}_clone`;
  }

  /** The same users under another configuration. */
  configured(overrides: Partial<PostgresRotationConfig>): TwinsRig {
    const rig = new TwinsRig(this.postgres, { ...this.config, ...overrides });
    for (const [username, password] of this.passwords) rig.passwords.set(username, password);
    rig.current = this.current;
    return rig;
  }

  /** What a new invocation of the function would use. */
  twins(remainingMs = 20_000): Twins {
    const invocation = testInvocation(remainingMs);
    const log = { info: invocation.log.info, warn: invocation.log.warn };
    const recording = (level: 'info' | 'warn'): typeof log.info => (message, fields) => { this.lines.push({ level, message, ...fields }); };
    const users: TwinUsers & Twins = new Twins(connectorFor(this.config, { ...invocation, log: { info: recording('info'), warn: recording('warn') } }, TRUSTED));
    return users;
  }

  /** A whole rotation: what setSecret and finishSecret do. */
  async flip(): Promise<void> {
    const pending = this.stored(this.other);
    await this.converge({ pending });
    await this.twins().verify(pending.credential);
    this.current = pending;
  }

  async converge(options: { readonly pending?: StoredCredential; readonly fence?: () => Promise<StoredPair> } = {}): Promise<void> {
    const { pending = this.stored(this.other) } = options;
    const fence = options.fence ?? (() => Promise.resolve({ current: this.current, pending }));
    await this.twins().converge({ superuser: credentialOf(this.superuser), fence });
    this.passwords.set(pending.credential.username, pending.credential.password);
  }

  /** A new password for a user, in a version of its own. */
  stored(username: string): StoredCredential {
    return pendingFor(username);
  }

  get other(): string {
    return this.current.credential.username === this.first ? this.twin : this.first;
  }

  login(username: string): Login {
    return { username, password: this.passwords.get(username) ?? '' };
  }

  async trySignIn(username: string, database = this.config.databaseName): Promise<string> {
    return this.postgres.trySignIn(this.login(username), database);
  }

  async currentSignsIn(): Promise<boolean> {
    const { username, password } = this.current.credential;
    return await this.postgres.trySignIn({ username, password }, this.config.databaseName) === 'accepted';
  }

  /** Runs statements in a new session of a user, as clients have it. */
  async as(login: Login | string, ...statements: string[]): Promise<unknown[]> {
    return this.in(this.config.databaseName, login, ...statements);
  }

  async in(database: string, login: Login | string, ...statements: string[]): Promise<unknown[]> {
    const client = await this.postgres.connect(typeof login === 'string' ? this.login(login) : login, database);
    return run(client, statements).finally(() => client.end());
  }

  /** As the bootstrap superuser, which no rotation has. */
  async asBootstrap(...statements: string[]): Promise<unknown[]> {
    return this.in(this.config.databaseName, this.postgres.server.superuser, ...statements);
  }

  async asMaster(...statements: string[]): Promise<unknown[]> {
    return this.as(MASTER, ...statements);
  }

  /** A user with the password that the secret holds for it. */
  async createLogin(username: string, options = '', by: Login = MASTER): Promise<void> {
    const password = this.passwords.get(username) ?? uniqueName('old');
    this.passwords.set(username, password);
    await this.as(by, `CREATE ROLE ${quoted(username)} LOGIN PASSWORD '${password}' ${options}`);
  }

  /** What AWS's own function leaves behind: see `set_secret` of its multi-user template for PostgreSQL. */
  async rotatedByAws(current: 'first' | 'twin'): Promise<void> {
    await this.createLogin(this.first);
    await this.createLogin(this.twin);
    await this.asMaster(`GRANT ${quoted(this.first)} TO ${quoted(this.twin)}`, `GRANT CREATE ON SCHEMA public TO ${quoted(this.first)}`);
    this.current = this.inForce(current === 'first' ? this.first : this.twin);
  }

  /** The version that holds the password in force. */
  inForce(username: string): StoredCredential {
    return pendingFor(username, this.login(username).password);
  }
}

export function quoted(name: string): string {
  return escapeIdentifier(name);
}

async function run(client: Client, statements: readonly string[]): Promise<unknown[]> {
  let rows: unknown[] = [];
  for (const statement of statements) ({ rows } = await client.query({ text: statement, rowMode: 'array' }));
  return rows.map(row => Array.isArray(row) && row.length === 1 ? row[0] : row);
}
