import { setTimeout as sleep } from 'node:timers/promises';
import { fullJitterMs } from './backoff';
import type { CopyRules } from './copy-rules';
import type { Gate } from './gate';
import { failureOf } from './outcome';
import type { SecretCopy, SecretReader } from './secret-reader';
import type { ClientService } from './settings';
import type { SignIn } from './sign-in';
import type { ClientGroup, ClientReport, ClientSignIn } from '../report/model';

/** What a client is made of. */
export interface ClientParts {
  readonly name: string;
  readonly group: ClientGroup;
  readonly rules: CopyRules;
  readonly reader: SecretReader;
  readonly service: ClientService['kind'];
  readonly signIn: SignIn;
  readonly gate: Gate;
  readonly epochMs: number;
  readonly stopping: AbortSignal;
}

const INTERVAL_MS = 250;

/** One client of the secret: signs in about every {@link INTERVAL_MS}, and writes down how that went. */
export class Client {
  private readonly signIns: ClientSignIn[] = [];
  private surfaced = 0;
  private copy?: SecretCopy;

  constructor(private readonly parts: ClientParts) {}

  async run(): Promise<ClientReport> {
    const { name, group, stopping } = this.parts;
    await this.pause(Math.random() * INTERVAL_MS); // so that they do not march in step
    while (!stopping.aborted) {
      const last = await this.signInWithRetries();
      if (last.outcome === 'refused') this.surfaced += 1;
      await this.pause((0.5 + Math.random()) * INTERVAL_MS);
    }
    return { name, group, signIns: this.signIns, surfaced: this.surfaced };
  }

  private async signInWithRetries(): Promise<ClientSignIn> {
    let last = await this.signInOnce();
    for (let retry = 1; last.outcome === 'refused' && retry <= this.parts.rules.retries; retry++) {
      await sleep(fullJitterMs(retry));
      this.copy = undefined; // it was refused: the secret may know better by now
      last = await this.signInOnce();
    }
    return last;
  }

  private async signInOnce(): Promise<ClientSignIn> {
    const signIn = await this.parts.gate.pass(() => this.attempt());
    this.signIns.push(signIn);
    return signIn;
  }

  private async attempt(): Promise<ClientSignIn> {
    let atMs = Date.now() - this.parts.epochMs;
    let started = performance.now();
    const took = (): number => Math.round((performance.now() - started) * 10) / 10;
    let version = '';
    try {
      const copy = await this.youngEnoughCopy();
      version = copy.version;
      atMs = Date.now() - this.parts.epochMs;
      started = performance.now();
      await this.parts.signIn(copy.fields);
      return { atMs, durationMs: took(), outcome: 'accepted', version };
    } catch (error) {
      return { atMs, durationMs: took(), version, ...failureOf(error, this.parts.service) };
    }
  }

  private async youngEnoughCopy(): Promise<SecretCopy> {
    const { reader, rules } = this.parts;
    if (!this.copy || Date.now() - this.copy.readAtMs >= rules.maxAgeMs) this.copy = await reader.read();
    return this.copy;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.parts.stopping }).catch(() => undefined); // stopping ends the pause
  }
}
