import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries';
import { freePort } from './free-port';
import { Postmaster, PostmasterOptions, serverEnvironment } from './postmaster';
import { serverSettings, ServerSettingsOptions } from './server-settings';
import { ServerUser } from './server-user';

/** Every connection over TLS and by SCRAM, as on Amazon RDS with `rds.force_ssl`. */
export const SCRAM_OVER_TLS = 'hostssl all all all scram-sha-256';

export interface PostgresServerOptions extends ServerSettingsOptions {
  readonly binaries: PostgresBinaries;
  /** The cluster's bootstrap superuser, which nobody has on Amazon RDS: for the set-up and for looking inside. */
  readonly superuser: { readonly username: string; readonly password: string };
  /** The lines of `pg_hba.conf`. @default SCRAM_OVER_TLS */
  readonly hba?: readonly string[];
}

const SHARED_MEMORY_IN_USE = 'Terminate any old server processes associated with data directory';

/** A real PostgreSQL server of our own on 127.0.0.1. It ends with this process at the latest, and leaves nothing behind. */
export class PostgresServer {
  static async start(options: PostgresServerOptions): Promise<PostgresServer> {
    const user = ServerUser.choose();
    const home = mkdtempSync(join(user.temporaryDirectory, 'cdk-secret-rotation-postgres-'));
    const server = new PostgresServer({ ...options, binaries: user.reachable(options.binaries, home) }, user, home, await freePort());
    try {
      await server.initialise();
      await server.resume();
      return server;
    } catch (error: unknown) {
      await server.stop();
      throw error;
    }
  }

  readonly host = '127.0.0.1';
  private postmaster?: Postmaster;
  private lastLog = '';

  private constructor(
    private readonly options: PostgresServerOptions,
    private readonly user: ServerUser,
    /** Where all its files are. */
    readonly home: string,
    readonly port: number,
  ) {}

  /** E.g. `18.4`. */
  get version(): string {
    return /^\d+\.\d+/.exec(this.options.binaries.packageVersion)?.[0] ?? this.options.binaries.packageVersion;
  }

  get superuser(): PostgresServerOptions['superuser'] {
    return this.options.superuser;
  }

  /** All that the server logged so far. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : this.lastLog;
  }

  /** Ends every session and the server ("fast shutdown") and removes its files. */
  async stop(): Promise<void> {
    await this.postmaster?.stop('SIGINT');
    this.lastLog = this.log();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends every session and the server; `resume` starts it again with its data and port. */
  async pause(): Promise<void> {
    await this.postmaster?.stop('SIGINT');
  }

  /** As if the machine had failed; `resume` starts it again. */
  async crash(): Promise<void> {
    await this.postmaster?.stop('SIGKILL');
  }

  async resume(attempts = 20): Promise<void> {
    try {
      this.postmaster = await Postmaster.start(this.processOptions());
    } catch (error: unknown) {
      // After a crash the last sessions take a moment to notice, and until then hold the shared memory.
      if (attempts === 0 || !this.log().slice(-500).includes(SHARED_MEMORY_IN_USE)) throw error;
      await sleep(50);
      await this.resume(attempts - 1);
    }
  }

  async restart(): Promise<void> {
    await this.pause();
    await this.resume();
  }

  private get dataDirectory(): string {
    return this.path('data');
  }

  private get logFile(): string {
    return this.path('server.log');
  }

  private async initialise(): Promise<void> {
    const { binaries, superuser, certificate, key, hba } = this.options;
    this.user.own(this.home);
    this.write('superuser-password', superuser.password);
    await promisify(execFile)(join(binaries.directory, 'bin', 'initdb'), [
      '-D', this.dataDirectory, '-U', superuser.username, `--pwfile=${this.path('superuser-password')}`,
      '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync',
    ], { ...this.user.spawnOptions, cwd: this.home, env: serverEnvironment() });
    rmSync(this.path('superuser-password'));
    this.write('data/pg_hba.conf', (hba ?? [SCRAM_OVER_TLS]).join('\n') + '\n');
    if (certificate !== undefined) this.write('server.crt', certificate);
    if (key !== undefined) this.write('server.key', key);
  }

  private processOptions(): PostmasterOptions {
    const { user, home, dataDirectory, logFile } = this;
    const settings = serverSettings(this, { certificate: this.path('server.crt'), key: this.path('server.key') }, this.options);
    return { binaries: this.options.binaries, user, home, dataDirectory, logFile, settings };
  }

  private path(name: string): string {
    return join(this.home, name);
  }

  private write(name: string, content: string): void {
    const path = this.path(name);
    writeFileSync(path, content, { mode: 0o600 }); // PostgreSQL refuses a key that others may read
    this.user.own(path);
  }
}
