import { AsyncLocalStorage } from 'node:async_hooks';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { Client } from 'pg';

/** What may go wrong at an external call. */
export type FaultKind =
  /** The process is killed right before, or right after the call took effect. */
  | 'killed before' | 'killed after'
  /** The call has no effect and fails, or has its effect and its answer is lost. */
  | 'fails before' | 'fails after'
  /** The call arrives twice. */
  | 'twice';

export interface ExternalCall {
  /** Counts the external calls of an invocation group, from 0. */
  readonly index: number;
  readonly service: 'Secrets Manager' | 'PostgreSQL' | 'IAM' | 'STS';
  readonly what: string;
}

interface Process {
  killed: boolean;
  readonly kill: () => void;
  readonly connections: Set<Client>;
}

type Send = (command: { readonly constructor: { readonly name: string } }, ...rest: unknown[]) => Promise<unknown>;
type Query = (this: Client, ...args: unknown[]) => Promise<unknown>;

const AWS_CLIENTS = { 'Secrets Manager': SecretsManagerClient, 'IAM': IAMClient, 'STS': STSClient } as const;

const processes = new AsyncLocalStorage<Process>();

/**
 * Stands between the function and the outside, at the clients that it uses: counts every call, looks at the world around each, and
 * makes one of them go wrong. Calls of tests themselves pass unseen.
 */
export class ExternalCalls {
  readonly seen: ExternalCall[] = [];
  /** The call that goes wrong, and how. */
  fault?: { readonly index: number; readonly kind: FaultKind };
  private readonly send = SecretsManagerClient.prototype.send as unknown as Send; // of all AWS clients: they inherit it
  private readonly query = Client.prototype.query as unknown as Query;
  private readonly connect = Client.prototype.connect as unknown as Query;

  /** Looks at the world before each call. */
  observe: (call: ExternalCall) => Promise<void> = async () => undefined;

  install(): void {
    const calls = this;
    for (const [service, { prototype }] of Object.entries(AWS_CLIENTS)) {
      Object.assign(prototype, {
        send(this: object, command: Parameters<Send>[0], ...rest: unknown[]) {
          const what = command.constructor.name.replace('Command', '');
          return calls.make(service as ExternalCall['service'], what, () => calls.send.call(this, command, ...rest));
        },
      });
    }
    Object.assign(Client.prototype, {
      query(this: Client, ...args: unknown[]) {
        return calls.make('PostgreSQL', describeStatement(args[0]), () => calls.query.apply(this, args), this);
      },
      connect(this: Client, ...args: unknown[]) {
        return calls.make('PostgreSQL', 'sign-in', () => calls.connect.apply(this, args), this);
      },
    });
  }

  uninstall(): void {
    for (const { prototype } of Object.values(AWS_CLIENTS)) Object.assign(prototype, { send: this.send });
    Object.assign(Client.prototype, { query: this.query, connect: this.connect });
  }

  /** Runs one invocation as a process of its own; rejects when it is killed. Nothing that it still does then has any effect. */
  run<T>(invocation: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const connections = new Set<Client>();
      const process: Process = {
        killed: false,
        connections,
        kill: () => {
          process.killed = true;
          for (const client of connections) hangUp(client);
          reject(new Error('the process was killed'));
        },
      };
      void processes.run(process, () => invocation().then(resolve, reject));
    });
  }

  private async make<T>(service: ExternalCall['service'], what: string, call: () => Promise<T>, client?: Client): Promise<T> {
    const process = processes.getStore();
    if (process === undefined) return call();
    if (process.killed) return new Promise(() => undefined);
    if (client) process.connections.add(client);
    const made: ExternalCall = { index: this.seen.length, service, what };
    this.seen.push(made);
    await processes.exit(() => this.observe(made));
    return this.fault?.index === made.index ? this.goWrong(this.fault.kind, process, call, client) : call();
  }

  private async goWrong<T>(kind: FaultKind, process: Process, call: () => Promise<T>, client?: Client): Promise<T> {
    if (kind === 'twice') await call();
    if (kind === 'fails before' || kind === 'killed before') return this.stop(kind, process, client);
    const answer = await call();
    if (kind === 'twice') return answer;
    return this.stop(kind, process, client);
  }

  private stop(kind: FaultKind, process: Process, client?: Client): Promise<never> {
    if (kind.startsWith('killed')) {
      process.kill();
      return new Promise(() => undefined);
    }
    if (client) hangUp(client);
    return Promise.reject(client ? new Error('Connection terminated unexpectedly') : Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  }
}

function describeStatement(query: unknown): string {
  const text = typeof query === 'string' ? query : (query as { readonly text?: string } | undefined)?.text ?? 'statement';
  return text.replace(/\s+/g, ' ').replace(/SCRAM-SHA-256\$[^']*/g, '…').trim().slice(0, 60);
}

function hangUp(client: Client): void {
  (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream.destroy();
}
