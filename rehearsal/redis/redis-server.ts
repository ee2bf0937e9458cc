import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oneCommand } from './one-command';
import { RedisProcess } from './redis-process';
import { Login, settingsFile, userLines } from './redis-settings';
import { freePort } from '../postgres/free-port';

export interface RedisServerOptions {
  /** As `findRedis` finds it. */
  readonly binary: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** A user who may do everything; may be `default`. @default - there is none, and the user `default` is off */
  readonly superuser?: Login;
  /** ACL SAVE writes the users to a file that the next start reads; without it, changes of users die with the process. @default false */
  readonly aclFile?: boolean;
}

/** A real Redis or Valkey server of our own on 127.0.0.1. It ends with this process at the latest, and leaves nothing behind. */
export class RedisServer {
  static async start(options: RedisServerOptions): Promise<RedisServer> {
    const version = await versionOf(options.binary);
    const home = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-redis-'));
    const server = new RedisServer(options, home, await freePort(), version);
    try {
      server.initialise();
      await server.resume();
      return server;
    } catch (error: unknown) {
      await server.stop();
      throw error;
    }
  }

  readonly host = '127.0.0.1';
  /** Past everything that a test or a rotation does to other users. */
  private readonly observer: Login = { username: 'rehearsal-observer', password: randomBytes(24).toString('base64url') };
  private process?: RedisProcess;
  private lastLog = '';

  private constructor(
    private readonly options: RedisServerOptions,
    /** Where all its files are. */
    readonly home: string,
    /** Of TLS; there is no other. */
    readonly port: number,
    /** E.g. `7.0.15`. */
    readonly version: string,
  ) {}

  /** All that the server logged so far. */
  log(): string {
    return existsSync(this.path('server.log')) ? readFileSync(this.path('server.log'), 'utf8') : this.lastLog;
  }

  /** As a superuser past everything, over a connection of its own. */
  async command(...args: string[]): Promise<unknown> {
    return oneCommand({ host: this.host, port: this.port, login: this.observer }, args);
  }

  /** Ends every session and the server, and removes its files. */
  async stop(): Promise<void> {
    await this.process?.stop('SIGTERM');
    this.lastLog = this.log();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** As if the machine had failed; `restart` starts it again. */
  async kill(): Promise<void> {
    await this.process?.stop('SIGKILL');
  }

  /** Starts it again on the same port, also after `kill`. What was persisted is there again; the rest is gone. */
  async restart(): Promise<void> {
    await this.process?.stop('SIGTERM');
    await this.resume();
  }

  private async resume(): Promise<void> {
    const { options: { binary }, home } = this;
    this.process = await RedisProcess.start({ binary, home, settingsFile: this.path('redis.conf'), logFile: this.path('server.log') });
  }

  private initialise(): void {
    const { certificate, key, superuser, aclFile } = this.options;
    const users = userLines(superuser === undefined ? [this.observer] : [superuser, this.observer], sha256);
    const files = {
      home: this.home,
      certificate: this.write('server.crt', certificate),
      key: this.write('server.key', key),
      aclFile: aclFile === true ? this.write('users.acl', users.join('\n') + '\n') : undefined,
    };
    this.write('redis.conf', settingsFile(this, files, users));
  }

  private path(name: string): string {
    return join(this.home, name);
  }

  private write(name: string, content: string): string {
    writeFileSync(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }
}

function sha256(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** `Redis server v=7.0.15 sha=…`, `Valkey server v=8.0.1 sha=…` */
async function versionOf(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version']);
  const version = /\bv=(\d+(?:\.\d+)+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${binary} is no Redis or Valkey server: it answers "${stdout.trim()}" to --version`);
  return version;
}
