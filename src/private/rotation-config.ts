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

/** The services besides PostgreSQL, whose functions are told no name of it. */
export type ServiceName = 'iam' | 'ses' | 'redis' | 'elasticache' | 'memorydb' | 'custom';

/** What the rotations of two credentials of one principal are told, besides what their service needs. */
export interface MultiCredentialConfig extends RotationConfig {
  readonly service: ServiceName;
  /** Issued credentials: the one before is retired at the start of a rotation when it was last used longer ago than this. */
  readonly graceSeconds?: number;
  /** Issued credentials: and also when the current one is older than this, whoever still uses the one before. */
  readonly maxWaitSeconds?: number;
  /** Issued credentials: between two rotations the one before is deactivated once the current one is older than this. */
  readonly deactivateAfterSeconds?: number;
}

/** Access keys of an IAM user. */
export interface IamRotationConfig extends MultiCredentialConfig {
  readonly userName: string;
  /** What `GetCallerIdentity` must answer. */
  readonly userArn: string;
}

/** SMTP credentials of an IAM user, for Amazon SES in the function's region. */
export interface SesRotationConfig extends IamRotationConfig {
  /** Region of the SMTP endpoint: the password is derived for it alone. */
  readonly sesRegion: string;
  /** Where clients send, and where the function signs in to verify. Port 465 and 2465 speak TLS at once, 25, 587 and 2587 after STARTTLS. */
  readonly smtpEndpoint: EndpointConfig;
}

/** A user of Redis OSS or Valkey. */
export interface RedisRotationConfig extends MultiCredentialConfig {
  readonly username: string;
  /** Every node: ACL changes are not replicated. The first is what clients find in the secret. */
  readonly nodes: readonly EndpointConfig[];
  /** ACL rules, without passwords, of a user that the rotation creates; without them a user that is missing is an error. */
  readonly aclRules?: string;
  /** The asset holds a CA file of the user's: trust it instead of Node.js's own. */
  readonly customCertificateAuthority?: boolean;
}

/** A user of ElastiCache or MemoryDB. */
export interface CacheUserRotationConfig extends MultiCredentialConfig {
  /** ElastiCache's user id; MemoryDB's user name. */
  readonly userId: string;
  /** The name that clients sign in with. */
  readonly username: string;
  readonly userArn: string;
  /** Where clients connect, and where the function signs in to verify; without it the service's word is taken. */
  readonly endpoint?: EndpointConfig;
}

/** A service of the user's own. */
export interface CustomRotationConfig extends MultiCredentialConfig, Partial<EndpointConfig> {
  /** Strategies for users only: the user; of alternating users, the first. */
  readonly username?: string;
  /** Alternating users only: the twin. */
  readonly alternateUsername?: string;
  readonly cutover?: 'SINGLE_STEP' | 'STEPWISE';
  /** Written into the secret for clients, where it differs from where the function signs in. */
  readonly clientEndpoint?: EndpointConfig;
}

/** The file of a service of one's own, beside the bundle: what the construct's `entry` becomes. */
export const CUSTOM_SERVICE_FILE = 'service.js';
