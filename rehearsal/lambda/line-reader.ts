import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** Collects the lines that a process writes. */
export class LineReader {
  private lines: string[] = [];
  private readonly waiting = new Map<string, () => void>();
  private readonly seen = new Set<string>();

  constructor(...streams: readonly (Readable | null)[]) {
    for (const input of streams) {
      if (input !== null) createInterface({ input, crlfDelay: Infinity }).on('line', line => this.read(line));
    }
  }

  /** Resolves when the line was read, or with `ended`. */
  async until(line: string, ended: Promise<unknown>): Promise<void> {
    if (this.seen.delete(line)) return;
    await Promise.race([new Promise<void>(resolve => this.waiting.set(line, resolve)), ended]);
    this.seen.delete(line);
  }

  /** The lines since the last time. */
  take(): readonly string[] {
    const taken = this.lines;
    this.lines = [];
    return taken;
  }

  private read(line: string): void {
    if (!line.startsWith('\u0000')) {
      this.lines.push(line);
      return;
    }
    this.seen.add(line);
    this.waiting.get(line)?.();
    this.waiting.delete(line);
  }
}
