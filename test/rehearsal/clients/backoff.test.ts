import { fullJitterMs } from '../../../rehearsal/clients/backoff';

const almostOne = (): number => 1 - Number.EPSILON;

describe('backoff', () => {
  test('doubles the longest wait with every retry, up to two seconds', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8].map(retry => Math.round(fullJitterMs(retry, almostOne)));
    expect(longest).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
  });

  test('may wait not at all: the jitter is full', () => {
    expect(fullJitterMs(5, () => 0)).toBe(0);
  });
});
