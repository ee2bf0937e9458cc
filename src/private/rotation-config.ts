/**
 * The only file that `src/` and `lambda/` share: what a construct tells its function.
 * It is imported by both sides, so it imports nothing.
 */

/** Environment variable of the function: a {@link RotationConfig} as JSON. */
export const ROTATION_CONFIG = 'ROTATION_CONFIG';

/** CA files of the asset, beside `index.js`: one PEM file per AWS region. */
export const CA_DIRECTORY = 'ca';

/** The CA file that a construct with `certificateAuthority` adds to its copy of the asset. */
export const CUSTOM_CA_FILE = 'custom.pem';

/** Namespace of the metrics that the engine publishes, with the single dimension `FunctionName`. */
export const METRIC_NAMESPACE = 'CdkSecretRotation';

/** Names of the metrics that the engine publishes in the embedded metric format. */
export const METRICS = {
  /** 1 for a step that failed, 0 for one that did not. Count. */
  failed: 'RotationFailed',
  /** 1 when AWSCURRENT moved to the new version. Count. */
  succeeded: 'RotationSucceeded',
  /** Duration of a step. Milliseconds. */
  duration: 'StepDuration',
  /** From the change of the password to the promotion: new sign-ins of clients fail in between. Milliseconds. */
  window: 'RefusalWindow',
  /** Sign-ins tried at the service. Count. */
  signIns: 'SignIns',
  /** Sign-ins that the service refused. Count. */
  signInsRefused: 'SignInsRefused',
  /** Calls and statements tried again. Count. */
  retries: 'Retries',
  /** Age of AWSCURRENT when its replacement was prepared. Seconds. */
  replacedVersionAge: 'ReplacedVersionAge',
} as const;

/** What every strategy is told. */
export interface RotationConfig {
  readonly passwordPolicy: PasswordPolicyConfig;
  /** ARN of the superuser's secret, full or partial, as `GetSecretValue` takes it. */
  readonly superuserSecretArn?: string;
}

export interface PasswordPolicyConfig {
  readonly length: number;
  readonly excludeCharacters: string;
  readonly excludeLowercase: boolean;
  readonly excludeUppercase: boolean;
  readonly excludeNumbers: boolean;
  readonly excludePunctuation: boolean;
  readonly requireEachIncludedType: boolean;
}

export interface EndpointConfig {
  readonly host: string;
  readonly port: number;
}

/** What the PostgreSQL rotations are told. */
export interface PostgresRotationConfig extends RotationConfig, EndpointConfig {
  readonly databaseName: string;
  /** The user; of alternating users: the first. */
  readonly username: string;
  /** Alternating users only: the twin. */
  readonly alternateUsername?: string;
  /** Alternating users only: the NOLOGIN role that both logins act as. Without it the twin acts as the first user. */
  readonly ownerRole?: string;
  /** Roles granted to a user that the rotation creates. */
  readonly memberOf?: string[];
  readonly onDrift?: 'FAIL' | 'WARN';
  readonly handOver?: boolean;
  /** Alternating users only: further endpoints (readers) that must accept the new password before promotion. */
  readonly verifyEndpoints?: EndpointConfig[];
  readonly cutover?: 'SINGLE_STEP' | 'STEPWISE';
  readonly upgradeToScram?: boolean;
  /** Superuser strategies only: `VALID UNTIL` is set this far ahead at each rotation. */
  readonly passwordValidForSeconds?: number;
  /** The asset holds a CA file of the user's: trust it instead of Amazon RDS's. */
  readonly customCertificateAuthority?: boolean;
  /** Written into the secret for clients, where it differs from where the function signs in. */
  readonly clientEndpoint?: EndpointConfig;
}
