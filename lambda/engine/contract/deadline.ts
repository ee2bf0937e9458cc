import { setTimeout as sleep } from 'node:timers/promises';

/** Kept free before the function's time-out, to put things right and to say what happened. Milliseconds. */
export const RESERVE_MS = 3_000;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** The end of the time that an invocation may spend waiting: the function's time-out less a reserve. */
export class Deadline {
  /** When the time is used up, the reserve included: an invocation does nothing after it. Milliseconds since the epoch. */
  readonly expiresAt: number;
  private readonly end: number;

  constructor(remainingMs: number, reserveMs: number = Math.min(RESERVE_MS, remainingMs / 4)) {
    this.expiresAt = Date.now() + remainingMs;
    this.end = this.expiresAt - reserveMs;
  }

  /** An invocation that wakes up after its time-out was given up long ago: it must not write any more. */
  get hasPassed(): boolean {
    return Date.now() >= this.expiresAt;
  }

  get remainingMs(): number {
    return Math.max(0, this.end - Date.now());
  }

  /** For a wait that must end sooner. */
  atMost(milliseconds: number): Deadline {
    return new Deadline(Math.min(milliseconds, this.remainingMs), 0);
  }

  /**
   * Repeats `attempt` while it throws what `retryable` accepts, with exponential backoff and full jitter
   * (AWS Architecture Blog, "Exponential Backoff And Jitter"), until it succeeds or the time is used up; then the
   * last error is thrown. The first attempt is made in any case: putting things right uses the reserve.
   */
  async retry<T>(attempt: () => Promise<T>, retryable: (error: unknown) => boolean, onRetry: () => void = () => {}): Promise<T> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error: unknown) {
        const wait = pause / 2 + Math.random() * pause / 2;
        if (!retryable(error) || wait >= this.remainingMs) throw error;
        onRetry();
        await sleep(wait);
      }
    }
  }
}
