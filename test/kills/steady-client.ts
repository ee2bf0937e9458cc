import { setTimeout as sleep } from 'node:timers/promises';
import { fullJitterMs } from '../../rehearsal/clients/backoff';
import type { Gate } from '../../rehearsal/clients/gate';
import { failureOf } from '../../rehearsal/clients/outcome';
import type { SecretCopy, SecretReader } from '../../rehearsal/clients/secret-reader';
import type { SignIn } from '../../rehearsal/clients/sign-in';

export interface SteadySignIn {
  /** When the copy of the secret was read that it used. */
  readonly readAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: 'accepted' | 'refused' | 'error';
  readonly code?: string;
}

export interface SteadyClientProps {
  readonly reader: SecretReader;
  readonly signIn: SignIn;
  /** Lets few sign in at a time, so that the machine is left to the rotation. */
  readonly gate: Gate;
  /** A copy of this age is read anew. */
  readonly timeToLiveMs: () => number;
  readonly pauseMs: () => number;
  /** How often a refused sign-in is tried again, each time with the secret read anew. */
  readonly retries: number;
}

/** Signs in all the while, and remembers each time; what the rehearsal's clients do, and it can be asked for the age of its copy. */
export class SteadyClient {
  readonly signIns: SteadySignIn[] = [];
  /** Sign-ins that stayed refused, or failed otherwise, whatever was tried. */
  surfaced = 0;
  private copy?: SecretCopy;
  private renewAtMs = 0;
  private stopped = false;

  constructor(private readonly props: SteadyClientProps) {}

  /** Whether everything that it still does is done with a copy read after this instant. */
  holdsCopySince(atMs: number): boolean {
    return this.copy !== undefined && this.copy.readAtMs > atMs;
  }

  stop(): void {
    this.stopped = true;
  }

  async run(): Promise<void> {
    await sleep(this.props.pauseMs());
    while (!this.stopped) {
      if (!await this.signInWithRetries()) this.surfaced++;
      await sleep(this.props.pauseMs());
    }
  }

  private async signInWithRetries(): Promise<boolean> {
    for (let retry = 0; ; retry++) {
      const signIn = await this.props.gate.pass(() => this.signInOnce());
      this.signIns.push(signIn);
      if (signIn.outcome === 'accepted') return true;
      if (signIn.outcome === 'error' || retry === this.props.retries) return false;
      this.renewAtMs = 0; // it was refused: the secret may know better by now
      await sleep(fullJitterMs(retry + 1));
    }
  }

  private async signInOnce(): Promise<SteadySignIn> {
    const { readAtMs, fields } = await this.youngEnoughCopy();
    const startedAtMs = Date.now();
    const failure = await this.props.signIn(fields).then(() => undefined, (error: unknown) => failureOf(error, 'postgres'));
    return { readAtMs, startedAtMs, endedAtMs: Date.now(), ...failure ?? { outcome: 'accepted' } };
  }

  private async youngEnoughCopy(): Promise<SecretCopy> {
    if (this.copy !== undefined && Date.now() < this.renewAtMs) return this.copy;
    this.copy = await this.props.reader.read();
    this.renewAtMs = this.copy.readAtMs + this.props.timeToLiveMs();
    return this.copy;
  }
}
