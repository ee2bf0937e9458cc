import { AsyncLocalStorage } from 'node:async_hooks';
import { VirtualTime } from './virtual-time';

/** What may go wrong at an external call. */
export const FAULT_KINDS = [
  /** The process ends right before the call, or right after its effect. */
  'killed before', 'killed after',
  /** The call fails without an answer: without its effect, or after it. */
  'fails before', 'fails after',
  /** It arrives twice; the second answer is heard. */
  'twice',
  /** Its effect takes place, and nothing is ever heard. */
  'unanswered',
  /** Nothing is heard; its effect takes place long after its process has ended: before another call, or when all is quiet. */
  'late',
  /** A definite answer says no, once. */
  'refused',
  /** Not executed for there were too many, once. */
  'throttled',
  /** The process stands still before the call, beyond its time-out, and wakes up: before another call, or when all is quiet. */
  'frozen',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something goes wrong at the call with this index. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
  /** The index of the call before which what is late arrives, or who is frozen wakes up. @default when all is quiet */
  readonly until?: number;
}

/** Somebody else acts right before the call with this index. */
export interface Act {
  readonly at: number;
  readonly what: string;
  readonly act: () => Promise<void> | void;
}

/** How a call may be disturbed. */
export interface ExternalCall<T> {
  readonly service: string;
  readonly what: string;
  readonly faults: readonly FaultKind[];
  readonly effect: () => Promise<T> | T;
  /** How long its caller waits for an answer, in milliseconds. */
  readonly patienceMs: number;
  /** What the caller gets when the connection is lost. */
  readonly lost: () => Error;
  readonly refusal: () => Error;
  readonly throttling?: () => Error;
  /** The connection that goes with a lost answer. */
  readonly connection?: Connection;
}

/** What the other side sees of a connection of the process. */
export interface Connection {
  hangUp(): void;
  /** What comes on it from now on waits for what is late. */
  stall(): void;
  arrive(): void;
}

export interface SeenCall {
  readonly index: number;
  readonly service: string;
  readonly what: string;
  readonly faults: readonly FaultKind[];
  /** Of which process, counted from 1. */
  readonly process: number;
}

interface Process {
  readonly number: number;
  /** When its time is over, in milliseconds since the epoch. */
  readonly endsAt: number;
  ended: boolean;
  /** Until it wakes up. */
  frozen?: Promise<void>;
  /** How many of its calls others take their time at. */
  heldUp: number;
  readonly connections: Set<Connection>;
  readonly end: (why: Error) => void;
}

interface Postponed {
  readonly until?: number;
  readonly happen: () => Promise<void>;
}

/** A call that has not arrived so long after its process had to end is lost. Milliseconds. */
const LATEST_MS = 5_000;

// One for all worlds: each that was ever used costs time at every promise from then on.
const processes = new AsyncLocalStorage<Process>();

export class Killed extends Error {}
export class TimedOut extends Error {}

/** All that is outside of the function: its calls pass here, are counted, observed, and disturbed as planned. */
export class Outside {
  readonly calls: SeenCall[] = [];
  faults: readonly Fault[] = [];
  acts: readonly Act[] = [];
  /** Invocations that ran into their time-out though nothing had stopped them. */
  readonly overruns: string[] = [];
  private postponed: Postponed[] = [];
  private started = 0;

  constructor(readonly time: VirtualTime) {}

  /** Called before each call. */
  observe: (call: SeenCall) => void = () => undefined;

  /** Lets something else go first, in runs that interleave processes. */
  yieldTurn: (call: SeenCall) => Promise<void> = async () => undefined;

  /** One invocation as a process of its own, which ends at its time-out. Rejects with what it throws, or when it was ended. */
  invoke(invocation: () => Promise<void>, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (why: Error): void => {
        process.ended = true;
        process.connections.forEach((connection) => connection.hangUp());
        reject(why);
      };
      const process: Process = { number: ++this.started, endsAt: this.time.now + timeoutMs, ended: false, heldUp: 0, connections: new Set(), end };
      const prevent = this.time.after(timeoutMs, () => this.timeOut(process, reject));
      void processes.run(process, () => invocation().then(resolve, reject)).finally(prevent);
    });
  }

  async call<T>(call: ExternalCall<T>): Promise<T> {
    const process = processes.getStore();
    if (process === undefined) return call.effect();
    await process.frozen;
    if (process.ended) return forever();
    if (call.connection) process.connections.add(call.connection);
    const seen = { index: this.calls.length, service: call.service, what: call.what, faults: call.faults, process: process.number };
    this.calls.push(seen);
    await this.yieldTurn(seen);
    process.heldUp++;
    await processes.exit(() => this.before(seen));
    process.heldUp--;
    if (process.ended) return forever();
    await process.frozen;
    const fault = this.faults.find(({ at }) => at === seen.index);
    return fault === undefined ? call.effect() : this.goWrong(fault, process, call);
  }

  /** Everything that was postponed happens. */
  async quietDown(): Promise<void> {
    for (let next = this.postponed.shift(); next !== undefined; next = this.postponed.shift()) await next.happen();
  }

  private async before(seen: SeenCall): Promise<void> {
    const due = this.postponed.filter(({ until }) => until !== undefined && until <= seen.index);
    this.postponed = this.postponed.filter((other) => !due.includes(other));
    for (const { happen } of due) await happen();
    for (const { act } of this.acts.filter(({ at }) => at === seen.index)) await act();
    this.observe(seen);
  }

  private async goWrong<T>(fault: Fault, process: Process, call: ExternalCall<T>): Promise<T> {
    switch (fault.kind) {
      case 'killed before': return kill(process);
      case 'killed after':
        await attempt(call.effect);
        return kill(process);
      case 'fails before': return this.lose(call);
      case 'fails after':
        await attempt(call.effect);
        return this.lose(call);
      case 'twice':
        await attempt(call.effect);
        return call.effect();
      case 'unanswered':
        await attempt(call.effect);
        return this.hearNothing(call);
      case 'late':
        call.connection?.stall();
        this.postpone(fault, async () => {
          if (this.time.now <= process.endsAt + LATEST_MS) await attempt(call.effect);
          call.connection?.arrive();
        });
        return this.hearNothing(call);
      case 'refused': throw call.refusal();
      case 'throttled': throw (call.throttling ?? call.refusal)();
      case 'frozen': return this.freeze(fault, process, call);
    }
  }

  private lose<T>(call: ExternalCall<T>): Promise<T> {
    call.connection?.hangUp();
    return Promise.reject(call.lost());
  }

  private async hearNothing<T>(call: ExternalCall<T>): Promise<T> {
    call.connection?.stall();
    await this.time.sleep(call.patienceMs);
    throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
  }

  /** Lambda takes it for dead, for it stands still until after its time-out; then it goes on where it was. */
  private async freeze<T>(fault: Fault, process: Process, { effect }: ExternalCall<T>): Promise<T> {
    process.frozen = new Promise((wake) => {
      this.postpone(fault, async () => {
        process.frozen = undefined;
        wake();
        await this.time.sleep(1); // lets it run on, to its end or its next wait
      });
    });
    await process.frozen;
    return effect();
  }

  private postpone({ until }: Fault, happen: () => Promise<void>): void {
    this.postponed.push({ until, happen });
  }

  private timeOut(process: Process, reject: (why: Error) => void): void {
    if (process.frozen !== undefined || process.heldUp > 0) return reject(new TimedOut('the invocation stands still'));
    if (!process.ended) this.overruns.push(`process ${process.number} ran into its time-out`);
    process.end(new TimedOut('the invocation ran into its time-out'));
  }
}

function kill(process: Process): Promise<never> {
  process.end(new Killed('the process was killed'));
  return forever();
}

/** Its answer is heard by nobody. */
async function attempt(effect: () => unknown): Promise<void> {
  try {
    await effect();
  } catch {
    // nobody hears
  }
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
