import { randomUUID } from 'node:crypto';
import { AssetCopy } from './asset-copy';
import type { FunctionError } from './bootstrap-protocol';
import { bundledEntry } from './bundled-entry';
import { functionEnvironment } from './function-environment';
import { FunctionProcess } from './function-process';
import type { FunctionDefinition } from '../assembly/functions';

export interface LocalFunctionOptions {
  /** Made-up endpoint names to addresses of this machine, both with port. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly caPem: string;
  readonly secretsManagerEndpoint: string;
  /** Variables by which the AWS SDK finds further services on this machine. @default - none */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Whether code that trusts Node.js's own authorities is to trust the rehearsal's, too. @default false */
  readonly trustsNode?: boolean;
  /** Tells this function's calls from those of others. */
  readonly accessKeyId: string;
}

export interface Invocation {
  readonly cold: boolean;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error?: FunctionError;
  /** What the function wrote to its standard output and error. */
  readonly lines: readonly string[];
}

/** A function of the assembly, run on this machine as Lambda runs it: its own process, environment and time-out. */
export class LocalFunction {
  private readonly asset: AssetCopy;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly processes = new Set<FunctionProcess>();
  private idle: FunctionProcess[] = [];

  constructor(readonly definition: FunctionDefinition, { caPem, ...options }: LocalFunctionOptions) {
    this.asset = AssetCopy.of(definition.code, caPem);
    this.environment = functionEnvironment(definition, {
      ...options, preloadFile: bundledEntry('preload'), taskRoot: this.asset.directory, runtimeCaFile: this.asset.caFile,
    });
  }

  /** In a warm process if there is one, else in a fresh one. */
  async invoke(event: unknown): Promise<Invocation> {
    const warm = this.idle.pop();
    const startedAt = Date.now();
    const process = warm ?? this.start();
    const outcome = await process.invoke({ requestId: randomUUID(), event, functionArn: this.definition.arn }, this.definition.timeoutSeconds);
    if (process.usable) this.idle.push(process);
    return { cold: warm === undefined, startedAt, durationMs: Date.now() - startedAt, ...outcome };
  }

  /** The next invocation is a cold start, as it is hours after the last one. */
  async coolDown(): Promise<void> {
    const idle = this.idle;
    this.idle = [];
    await Promise.all(idle.map(process => this.end(process)));
  }

  /** Ends its processes and removes its copy of the asset. */
  async remove(): Promise<void> {
    await Promise.all([...this.processes].map(process => this.end(process)));
    this.asset.remove();
  }

  private start(): FunctionProcess {
    const process = new FunctionProcess({ bootstrapFile: bundledEntry('bootstrap'), environment: this.environment, taskRoot: this.asset.directory });
    this.processes.add(process);
    return process;
  }

  private async end(process: FunctionProcess): Promise<void> {
    await process.end();
    this.processes.delete(process);
  }
}
