/** What the service remembers of a call. Never a value, never a rotation token. */
export interface RecordedCall {
  /** Counts all calls to this service, from 1. */
  readonly sequence: number;
  /** The operation, without the service's prefix: `GetSecretValue`. */
  readonly action: string;
  readonly secretArn?: string;
  readonly versionId?: string;
  readonly accessKeyId?: string;
  /** `ok`, the name of the error answered, or `lostAnswer` and `hang` where no answer was given. */
  readonly outcome: string;
  /** Whether the call's effect took place, whatever the caller was told. */
  readonly effective: boolean;
  readonly at: Date;
}
