/**
 * What a rehearsal saw: `--json` writes it as it is, the terminal summary and the HTML page are drawn from it.
 * Times are milliseconds since the start of the rehearsal unless named otherwise. No credential is ever part of it.
 */
export interface RehearsalReport {
  readonly schemaVersion: 2;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly assembly: string;
  readonly nodeVersion: string;
  /** What credentials were rotated on, with versions: `PostgreSQL 18.4`, `Redis 7.0.15`. Empty where no server was started. */
  readonly servers: readonly string[];
  /** What the rehearsal stood in for, one sentence each: endpoints, Secrets Manager, IAM, CAs, … */
  readonly standIns: readonly string[];
  readonly rotations: readonly RotationReport[];
  readonly skipped: readonly SkippedRotation[];
  /** Whether every rotation held: what the exit code says. */
  readonly held: boolean;
}

/** A rotation that was not rehearsed, and why: an unresolved intrinsic, another engine, … */
export interface SkippedRotation {
  readonly constructPath: string;
  readonly reason: string;
}

export type StrategyName = 'single-user' | 'superuser' | 'alternating-users' | 'multi-credential' | 'unknown';

/** One rotation construct of the app, rotated several times. */
export interface RotationReport {
  readonly constructPath: string;
  readonly strategy: StrategyName;
  /** The template's, beside which the report prints the Node.js it rehearsed on. */
  readonly templateRuntime: string;
  readonly runs: readonly RotationRun[];
  readonly clients: readonly ClientReport[];
  readonly iam: IamReport;
  /** What kept this rotation from holding; empty when it held. */
  readonly failures: readonly string[];
}

export interface RotationRun {
  /** 1 for the first; 0 for the preflight of a rotation that is adopted without rotating at once. */
  readonly number: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly succeeded: boolean;
  readonly steps: readonly StepRun[];
  /** From the change of the credential to the promotion, as the function measured it; absent where there is no window. */
  readonly windowMs?: number;
  /** Where on the time line that window lay. */
  readonly windowStartedMs?: number;
  /** When AWSCURRENT moved; absent where it did not. */
  readonly promotedMs?: number;
  /** First eight characters of the version that became AWSCURRENT. */
  readonly promotedVersion?: string;
  /** Calls of Secrets Manager by operation name, e.g. `DescribeSecret`. */
  readonly secretsManagerCalls: Readonly<Record<string, number>>;
  /** Calls of other AWS services that the function made, e.g. `IAM CreateAccessKey`; absent where it made none. */
  readonly serviceCalls?: Readonly<Record<string, number>>;
  /** Uses of a credential by the function: sign-ins, and calls that prove that a key works. */
  readonly signIns: number;
  readonly signInsRefused: number;
}

export interface StepRun {
  readonly step: string;
  readonly attempt: number;
  readonly startedMs: number;
  readonly durationMs: number;
  /** A fresh process, its start included in `durationMs`. */
  readonly cold: boolean;
  readonly error?: string;
}

/** How a client comes by the secret. */
export type ClientGroup = 'each-time' | 'time-to-live' | 'on-failure';

export interface ClientReport {
  readonly name: string;
  readonly group: ClientGroup;
  readonly signIns: readonly ClientSignIn[];
  /** Refusals that reached the client's caller: on-failure clients retry with backoff and jitter and surface none. */
  readonly surfaced: number;
}

export interface ClientSignIn {
  readonly atMs: number;
  readonly durationMs: number;
  readonly outcome: 'accepted' | 'refused' | 'error';
  /** First eight characters of the version id that the client used. */
  readonly version: string;
  /** SQLSTATE, or the service's error code, where it was not accepted. */
  readonly code?: string;
}

export interface IamReport {
  /** Calls that the template's policies do not allow, each with the reason. */
  readonly denied: readonly string[];
  /** Granted actions that no call used, as `statement: action on resource`. */
  readonly unusedGrants: readonly string[];
  /** Operators and intrinsics that could not be evaluated: they count as not allowed. */
  readonly unknown: readonly string[];
}
