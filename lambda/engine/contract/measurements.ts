/** What an invocation counts; the engine publishes it as metrics and as fields of the step's log line. */
export class Measurements {
  signIns = 0;
  signInsRefused = 0;
  retries = 0;
  /** When the password was first changed ahead of its promotion. Milliseconds since the epoch, with a fraction. */
  windowStartedAt?: number;
  /** From the change of the password to the promotion; only where there was such a window. Milliseconds. */
  windowMs?: number;
  /** Age of AWSCURRENT when its replacement was prepared. Seconds. */
  replacedVersionAgeSeconds?: number;
  promoted = false;

  windowOpens(): void {
    this.windowStartedAt ??= preciseNow();
  }

  windowCloses(): void {
    if (this.windowStartedAt !== undefined) this.windowMs = preciseNow() - this.windowStartedAt;
  }
}

function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
