/** Lets so many through at a time; the others wait in line. */
export class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free === 0) await new Promise<void>(resolve => this.waiting.push(resolve));
    else this.free -= 1;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** The place goes to the next in line, if any: it never looks free in between. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
