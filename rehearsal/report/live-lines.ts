import type { ProgressStream } from './progress-stream';

/**
 * Lines at the bottom of a terminal that are rewritten in place, below those that are printed for good.
 * Control sequences: ECMA-48, 8.3.22 (cursor up) and 8.3.39 (erase in page).
 */
export class LiveLines {
  private readonly lines = new Map<string, string>();

  constructor(private readonly stream: ProgressStream) {}

  print(text: string): void {
    this.redraw(`${text}\n`);
  }

  update(name: string, text: string): void {
    this.redraw('', () => this.lines.set(name, text));
  }

  remove(name: string): void {
    this.redraw('', () => this.lines.delete(name));
  }

  private redraw(above: string, change?: () => void): void {
    const erase = this.lines.size > 0 ? `\u001b[${this.lines.size}A\u001b[0J` : '';
    change?.();
    const below = [...this.lines.values()].map(line => `${this.fit(line)}\n`).join('');
    this.stream.write(`${erase}${above}${below}`);
  }

  /** A line that wrapped would be two to the cursor. */
  private fit(line: string): string {
    return line.slice(0, (this.stream.columns ?? 80) - 1);
  }
}
