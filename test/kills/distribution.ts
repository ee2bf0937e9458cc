/** What of some measurements is worth printing, in milliseconds. */
export function distribution(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(0) ?? '–';
  return `min ${at(0)}, median ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms (of ${sorted.length})`;
}
