import { CacheServiceName } from './faults';

/** What is remembered of a call. Never a password. */
export interface RecordedCacheCall {
  /** Counts all calls of both services, from 1. */
  readonly sequence: number;
  readonly service: CacheServiceName;
  /** The operation, without the service's prefix: `ModifyUser`. */
  readonly action: string;
  readonly accessKeyId?: string;
  /** `ok`, the code of the error answered, or `lostAnswer` and `hang` where no answer was given. */
  readonly outcome: string;
  /** Whether the call was accepted, whatever the caller was told: a change may still be under way. */
  readonly effective: boolean;
  /** ElastiCache's user id, MemoryDB's user name. */
  readonly userId?: string;
}
