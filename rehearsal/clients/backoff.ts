const BASE_MS = 50;
const CAP_MS = 2_000;

/**
 * How long to wait before the retry number `retry` (from 1): exponential backoff with full jitter,
 * see "Exponential Backoff And Jitter" on the AWS Architecture Blog. `random` is in [0, 1).
 */
export function fullJitterMs(retry: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (retry - 1));
}
