import type { StrategyName } from './model';

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `1234` as `1,234`, an average as `9.3`. */
export function count(value: number): string {
  return COUNT.format(value);
}

/** `1 rotation`, `2 rotations`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A duration for people: one decimal below 10 ms, seconds from a minute's tenth on. */
export function duration(ms: number): string {
  if (ms < 10) return `${COUNT.format(ms)} ms`;
  return ms < 6_000 ? `${COUNT.format(Math.round(ms))} ms` : `${COUNT.format(ms / 1_000)} s`;
}

/** What every form of the report calls a strategy. */
export const STRATEGY_NAMES = {
  'single-user': 'single user',
  'superuser': 'superuser',
  'alternating-users': 'alternating users',
  'multi-credential': 'multiple credentials',
  'unknown': 'unknown strategy',
} as const;

/**
 * Whether a strategy promises that no client is refused whose copy of the secret is younger than the time between two rotations:
 * those do that leave the current credential alone until another has taken its place.
 */
export function promisesNoRefusal(strategy: StrategyName): boolean {
  return strategy === 'alternating-users' || strategy === 'multi-credential';
}

export const GROUP_NAMES = {
  'each-time': 'read each time',
  'time-to-live': 'time to live',
  'on-failure': 'refresh on failure',
} as const;
