import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 5;
const READY = 'Ready to accept connections';

/** Ends the server when the other end of its standard input closes, as it does however the parent dies. */
const WATCHDOG = 'trap "" INT TERM HUP; read -r _; kill -KILL "$1" 2>/dev/null; sleep 1; rm -rf "$2"';

export interface RedisProcessOptions {
  readonly binary: string;
  /** Removed should this process die. */
  readonly home: string;
  readonly settingsFile: string;
  readonly logFile: string;
}

/** One run of the server process, which never outlives this process. */
export class RedisProcess {
  static async start(options: RedisProcessOptions): Promise<RedisProcess> {
    const logged = logOf(options).length;
    const child = spawnServer(options);
    const exited = new Promise<void>(resolve => child.once('exit', () => resolve()).once('error', () => resolve()));
    const watchdog = spawnWatchdog(options.home, child.pid);
    void exited.then(() => watchdog.kill('SIGKILL'));
    const run = new RedisProcess(child, watchdog, exited);
    await run.ready(() => logOf(options).slice(logged));
    return run;
  }

  private constructor(private readonly child: ChildProcess, private readonly watchdog: ChildProcess, private readonly exited: Promise<void>) {}

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.exited;
    this.watchdog.stdin?.destroy();
  }

  private async ready(log: () => string): Promise<void> {
    for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end && this.running; await sleep(POLL_MS)) {
      if (log().includes(READY)) return;
    }
    await this.stop('SIGKILL');
    throw new Error(`Redis did not start:\n${log()}`);
  }
}

function spawnServer({ binary, home, settingsFile, logFile }: RedisProcessOptions): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(binary, [settingsFile], {
    cwd: home,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', log, log],
    detached: true, // a Ctrl-C is for the parent alone, which decides in what order things end
  });
  closeSync(log);
  return child;
}

function spawnWatchdog(home: string, pid: number | undefined): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', String(pid), home], {
    cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true,
  });
  watchdog.on('error', () => undefined);
  return watchdog;
}

function logOf({ logFile }: RedisProcessOptions): string {
  try {
    return readFileSync(logFile, 'utf8');
  } catch {
    return '';
  }
}
