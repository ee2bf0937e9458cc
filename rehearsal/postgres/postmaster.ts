import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries';
import type { ServerUser } from './server-user';

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 5;

/** Ends the server when the other end of its standard input closes, as it does however the parent dies. */
const WATCHDOG = 'trap "" INT TERM HUP; read -r _; kill -QUIT "$1" 2>/dev/null; sleep 1; rm -rf "$2"';

export interface PostmasterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  /** Holds the data directory and is removed should this process die. */
  readonly home: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
}

export type StopSignal = 'SIGINT' | 'SIGKILL';

/** One run of the server process, which never outlives this process. */
export class Postmaster {
  static async start(options: PostmasterOptions): Promise<Postmaster> {
    const child = spawnServer(options);
    const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
    const watchdog = spawnWatchdog(options, child.pid);
    void exited.then(() => watchdog.kill('SIGKILL'));
    const postmaster = new Postmaster(child, watchdog, exited);
    await postmaster.ready(options);
    return postmaster;
  }

  private constructor(private readonly child: ChildProcess, private readonly watchdog: ChildProcess, private readonly exited: Promise<void>) {}

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal: StopSignal): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.exited;
    this.watchdog.stdin?.destroy();
  }

  private async ready({ dataDirectory, logFile }: PostmasterOptions): Promise<void> {
    for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end && this.running; await sleep(POLL_MS)) {
      if (isReady(dataDirectory, this.child.pid)) return;
    }
    await this.stop('SIGKILL');
    throw new Error(`PostgreSQL did not start:\n${readFileSync(logFile, 'utf8')}`);
  }
}

function spawnServer({ binaries, user, dataDirectory, logFile, settings }: PostmasterOptions): ChildProcess {
  const log = openSync(logFile, 'a');
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(binaries.directory, 'bin', 'postgres'), ['-D', dataDirectory, ...parameters], {
    ...user.spawnOptions,
    cwd: dataDirectory,
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
    detached: true, // a Ctrl-C is for the parent alone, which decides in what order things end
  });
  closeSync(log);
  child.on('error', () => undefined); // seen as a server that is not running
  return child;
}

function spawnWatchdog({ user, home }: PostmasterOptions, pid: number | undefined): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', String(pid), home], {
    ...user.spawnOptions, cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true,
  });
  watchdog.on('error', () => undefined);
  return watchdog;
}

/** `PG…` variables of whoever runs this must not reach the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

/** As pg_ctl finds out: the first line of `postmaster.pid` is the process, the eighth its state. */
function isReady(dataDirectory: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && ['ready', 'standby'].includes(lines[7]?.trim() ?? '');
  } catch {
    return false;
  }
}
