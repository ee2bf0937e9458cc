import { ChildProcess, fork } from 'node:child_process';
import { BootstrapMessage, endOfOutput, FunctionError, InvokeMessage } from './bootstrap-protocol';
import { LineReader } from './line-reader';

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: "The Init phase is limited to 10 seconds." */
const INIT_TIMEOUT_MS = 10_000;

export interface Outcome {
  /** Undefined for an invocation that succeeded. */
  readonly error?: FunctionError;
  readonly lines: readonly string[];
}

export interface FunctionProcessOptions {
  readonly bootstrapFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly taskRoot: string;
}

/** One execution environment of a function: a process that is started cold and invoked one event at a time. */
export class FunctionProcess {
  private readonly child: ChildProcess;
  private readonly output: LineReader;
  private readonly ended: Promise<BootstrapMessage>;
  private readonly ready: Promise<BootstrapMessage>;
  private isUsable = true;

  constructor({ bootstrapFile, environment, taskRoot }: FunctionProcessOptions) {
    this.child = fork(bootstrapFile, [], { cwd: taskRoot, env: { ...environment }, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.output = new LineReader(this.child.stdout, this.child.stderr);
    this.ended = new Promise(resolve => {
      const end = (how: string): void => resolve({ kind: 'failed', error: { name: 'Runtime.ExitError', message: how } });
      this.child.once('exit', (code, signal) => end(`the process ended with ${signal ?? `exit status ${code}`}`));
      this.child.once('error', error => end(error.message));
    });
    this.ready = this.next(({ kind, ...message }) => kind === 'ready' || (kind === 'failed' && !('requestId' in message && message.requestId)));
  }

  /** Whether another event may be given to it. */
  get usable(): boolean {
    return this.isUsable;
  }

  /** Waits for the handler to be loaded; an error of that is the invocation's. */
  async invoke(message: Omit<InvokeMessage, 'deadline'>, timeoutSeconds: number): Promise<Outcome> {
    const loaded = await this.withTimeout(this.ready, INIT_TIMEOUT_MS, `the handler was not loaded within ${INIT_TIMEOUT_MS / 1000} seconds`);
    if (loaded.kind === 'failed') return this.spoiled(loaded.error);
    const answer = this.next(answered => answered.kind === 'failed' || answered.kind === 'done');
    this.child.send({ ...message, deadline: Date.now() + timeoutSeconds * 1000 }, () => undefined);
    const answered = await this.withTimeout(answer, timeoutSeconds * 1000, `Task timed out after ${timeoutSeconds} seconds`);
    if (answered.kind === 'failed' && answered.requestId === undefined) return this.spoiled(answered.error);
    for (const stream of ['stdout', 'stderr'] as const) await this.output.until(endOfOutput(message.requestId, stream), this.ended);
    return { error: answered.kind === 'failed' ? answered.error : undefined, lines: this.output.take() };
  }

  async end(): Promise<void> {
    this.isUsable = false;
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Lambda gives a process that timed out or failed outside of its handler no other event. */
  private async spoiled(error: FunctionError): Promise<Outcome> {
    await this.end();
    return { error, lines: this.output.take() };
  }

  private next(matches: (message: BootstrapMessage) => boolean): Promise<BootstrapMessage> {
    const message = new Promise<BootstrapMessage>(resolve => {
      const listen = (received: unknown): void => {
        const candidate = received as BootstrapMessage;
        if (!matches(candidate)) return;
        this.child.off('message', listen);
        resolve(candidate);
      };
      this.child.on('message', listen);
    });
    return Promise.race([message, this.ended]);
  }

  private async withTimeout(message: Promise<BootstrapMessage>, milliseconds: number, late: string): Promise<BootstrapMessage> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<BootstrapMessage>(resolve => {
      timer = setTimeout(() => resolve({ kind: 'failed', error: { name: 'Sandbox.Timedout', message: late } }), milliseconds);
    });
    try {
      return await Promise.race([message, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
