import { ServiceName } from './faults';

/** What is remembered of a call. Never a secret key. */
export interface RecordedQuery {
  /** Counts all calls, from 1. */
  readonly sequence: number;
  readonly service: ServiceName;
  /** The operation, without the service's prefix: `CreateAccessKey`. */
  readonly action: string;
  readonly accessKeyId?: string;
  /** `ok`, the code of the error answered, or `lostAnswer` and `hang` where no answer was given. */
  readonly outcome: string;
  /** Whether the call's effect took place, whatever the caller was told. */
  readonly effective: boolean;
  readonly userName?: string;
  /** The access key that the call is about, also the one that it made; of several that a duplicate made, the last. */
  readonly keyId?: string;
}
