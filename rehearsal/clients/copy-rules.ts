import type { ClientGroup } from '../report/model';

/** How a client deals with its copy of the secret. */
export interface CopyRules {
  /** A copy of this age or more is read anew before it is used. */
  readonly maxAgeMs: number;
  /** Sign-ins tried again after a refusal, each with the secret read anew, before the caller hears of it. */
  readonly retries: number;
}

/** Enough for the three invocations of a stepwise cut-over: 2 s a retry at most, see `backoff.ts`. */
const RETRIES = 10;

export function copyRules(group: ClientGroup, timeToLiveMs: number): CopyRules {
  const rules: Readonly<Record<ClientGroup, CopyRules>> = {
    'each-time': { maxAgeMs: 0, retries: 0 },
    'time-to-live': { maxAgeMs: timeToLiveMs, retries: 0 },
    'on-failure': { maxAgeMs: Infinity, retries: RETRIES },
  };
  return rules[group];
}
