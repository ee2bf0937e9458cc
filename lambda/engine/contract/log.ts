/** The only fields that may be logged, besides those that the engine adds to each line. None may hold a credential. */
export interface LogFields {
  readonly username?: string;
  readonly endpoint?: string;
  readonly versionId?: string;
  readonly replacedVersionId?: string;
  readonly label?: string;
  readonly detail?: string;
  readonly drift?: readonly string[];
  readonly count?: number;
  readonly milliseconds?: number;
}

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}
