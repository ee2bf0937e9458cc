import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FromClients, ToClients } from './settings';

type Answer<Kind extends FromClients['kind']> = Extract<FromClients, { kind: Kind }>;

/** Starting loads the AWS SDK; stopping gives a client that was just refused the time to recover. */
const ANSWER_TIMEOUT_MS = 45_000;
/** What is kept of the last words of a process that died. */
const LAST_WORDS = 2_000;

/** The process that the clients live in, seen from the rehearsal. */
export class ClientsProcess {
  private readonly child: ChildProcess = spawnClients();
  private readonly exited: Promise<void>;
  private lastWords = '';

  constructor() {
    this.exited = new Promise(resolve => this.child.once('close', () => resolve()));
    this.child.once('error', error => this.hear(error.message));
    this.child.stderr?.on('data', (words: Buffer) => this.hear(words.toString()));
  }

  /** Sends a message and waits for its answer; rejects when the process dies over it. */
  async ask<Kind extends FromClients['kind']>(message: ToClients, kind: Kind): Promise<Answer<Kind>> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The clients did not answer '${message.kind}' within ${ANSWER_TIMEOUT_MS / 1000} s.`)), ANSWER_TIMEOUT_MS);
    });
    const death = this.exited.then(() => {
      throw new Error(`The clients' process ended before it answered '${message.kind}'. Its last words: ${this.lastWords || 'none'}`);
    });
    death.catch(() => undefined); // an exit after the answer is nobody's concern
    try {
      const answer = this.answer(kind);
      this.child.send(message, error => error && this.hear(error.message));
      return await Promise.race([answer, death, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }

  private answer<Kind extends FromClients['kind']>(kind: Kind): Promise<Answer<Kind>> {
    return new Promise(resolve => {
      const listen = (message: unknown): void => {
        if (!isAnswer(message, kind)) return;
        this.child.off('message', listen);
        resolve(message);
      };
      this.child.on('message', listen);
    });
  }

  private hear(words: string): void {
    this.lastWords = (this.lastWords + words).slice(-LAST_WORDS);
  }
}

function isAnswer<Kind extends FromClients['kind']>(message: unknown, kind: Kind): message is Answer<Kind> {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}

function spawnClients(): ChildProcess {
  const { path, execArgv } = entry();
  return fork(path, [], { execArgv, cwd: __dirname, env: hermeticEnvironment(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

/** The bundle of the entry lies beside the bundle that runs this; a checkout runs the source. */
function entry(): { path: string; execArgv: string[] } {
  const source = join(__dirname, 'clients.entry.ts');
  return existsSync(source)
    ? { path: source, execArgv: ['--require', 'tsx/cjs'] }
    : { path: join(__dirname, 'clients.js'), execArgv: [] };
}

/** Neither the AWS SDK (`AWS_*`) nor pg (`PG*`) shall see the settings of whoever runs the rehearsal. */
function hermeticEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].map(name => [name, process.env[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}
