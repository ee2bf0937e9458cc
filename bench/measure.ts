/** The middle of an odd number of measurements, or the upper of the two middles. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export function rounded(value: number, digits = 1): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly aim: string;
}

/** A Markdown table, so that it can go into the README as it is. */
export function table(rows: readonly Row[]): string {
  return [
    '| per rotation, unless it says otherwise | measured | aim |',
    '|---|---|---|',
    ...rows.map(({ what, measured, aim }) => `| ${what} | ${measured} | ${aim} |`),
  ].join('\n');
}
