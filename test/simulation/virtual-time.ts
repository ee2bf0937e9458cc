import timers from 'node:timers/promises';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

type Sleep = (milliseconds?: number, value?: unknown, options?: { readonly signal?: AbortSignal }) => Promise<unknown>;

const START = Date.UTC(2026, 0, 1);

/** Nothing can happen any more, and the work is not done. */
export class Deadlock extends Error {}

/**
 * A clock that only moves when nothing else can: waiting takes no time, and the order of events is the same in each run. Between `install` and `uninstall`
 * all that reads the time or sleeps in this realm does so by it.
 */
export class VirtualTime {
  private milliseconds = START;
  private timers: Timer[] = [];
  private readonly real = { Date: globalThis.Date, sleep: timers.setTimeout, timeout: AbortSignal.timeout };

  /** Asked before time moves on: whether there is something else to do first, which it then does. */
  first: () => Promise<boolean> = async () => false;

  get now(): number {
    return this.milliseconds;
  }

  install(): void {
    const time = this;
    const { Date: RealDate } = this.real;
    class VirtualDate extends RealDate {
      static now(): number {
        return time.now;
      }

      constructor(...parts: []) {
        if (parts.length === 0) super(time.now);
        else super(...parts);
      }
    }
    globalThis.Date = VirtualDate as DateConstructor;
    Object.assign(timers, { setTimeout: ((milliseconds, value, options) => this.sleep(milliseconds, value, options)) satisfies Sleep });
    AbortSignal.timeout = (milliseconds) => this.abortAfter(milliseconds);
  }

  uninstall(): void {
    globalThis.Date = this.real.Date;
    Object.assign(timers, { setTimeout: this.real.sleep });
    AbortSignal.timeout = this.real.timeout;
  }

  /** Runs `fire` when so much time has passed; returns how to prevent it. */
  after(milliseconds: number, fire: () => void): () => void {
    const timer = { at: this.milliseconds + Math.max(0, milliseconds), fire };
    const later = this.timers.findIndex(({ at }) => at > timer.at);
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
    return () => { this.timers = this.timers.filter((other) => other !== timer); };
  }

  /** Does work to its end; whatever it waits for passes at once. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let settled = false;
    const result = work().finally(() => { settled = true; });
    result.catch(() => undefined);
    for (await quiet(); !settled; await quiet()) {
      if (!await this.first()) this.moveOn();
    }
    return result;
  }

  /** Lets so much time pass, and all that happens in it happen. */
  async pass(milliseconds: number): Promise<void> {
    await this.run(() => new Promise<void>((resolve) => { this.after(milliseconds, resolve); }));
  }

  sleep(milliseconds = 0, value?: unknown, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const prevent = this.after(milliseconds, () => resolve(value));
      signal?.addEventListener('abort', () => {
        prevent();
        reject(signal.reason as Error);
      }, { once: true });
    });
  }

  private moveOn(): void {
    const next = this.timers.shift();
    if (next === undefined) throw new Deadlock('everybody waits for something that will not happen');
    this.milliseconds = next.at;
    next.fire();
  }

  private abortAfter(milliseconds: number): AbortSignal {
    const controller = new AbortController();
    this.after(milliseconds, () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
    return controller.signal;
  }
}

/** Until every promise that can settle has settled. */
function quiet(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
