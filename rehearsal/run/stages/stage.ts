import type { MultiCredentialConfig } from '../../../src/private/rotation-config';
import type { RotationDefinition } from '../../assembly/discovery';
import type { ClientService } from '../../clients';
import type { PostgresBinaries } from '../../postgres/binaries';
import type { AuthorizationDecision, AuthorizationRequest } from '../../secrets-manager';
import type { CertificateAuthority } from '../../tls/certificate-authority';

/** What stands in for what rotations of one kind sign in to. */
export interface Stage {
  /** What stands in for what, a sentence each. */
  readonly notes: readonly string[];
  /** Programs and their versions: `PostgreSQL 18.4`. */
  readonly servers: readonly string[];
  /** `name:port` to `address:port`, for functions and clients. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Variables by which the AWS SDK finds a service on this machine. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Whether its functions trust Node.js's own authorities, and not those of a file beside their code. */
  readonly trustsNode: boolean;
  /** Calls of AWS services so far. */
  calls(): readonly StageCall[];
  /** How the clients of a rotation's secret use it. */
  clientService(rotation: RotationDefinition): ClientService;
  /** Lets the service believe that as much time has passed as a rotation needs after the one before, and tells how much. Milliseconds. */
  passTime(rotation: RotationDefinition): number;
  stop(): Promise<void>;
}

export interface StageCall {
  /** `IAM CreateAccessKey` */
  readonly what: string;
  readonly accessKeyId?: string;
}

/** What a stage is made with. */
export interface StageContext {
  /** Signs for all made-up names of a rehearsal. */
  readonly authority: CertificateAuthority;
  readonly authorize: (request: AuthorizationRequest) => AuthorizationDecision;
  readonly findBinaries: () => PostgresBinaries;
}

/** Collects what the rotations of one kind need, before anything is started. */
export interface StageBuilder {
  /** Throws `Unresolvable`, with the remedy, when something that the rotation will need is not known or not here. */
  add(rotation: RotationDefinition): void;
  start(context: StageContext): Promise<Stage>;
}

/** For stages in which nothing goes by the time. */
export const TIMELESS = { passTime: (): number => 0 };

/** The construct's default of `grace`. Seconds. */
const DEFAULT_GRACE_S = 86_400;
const HOUR_MS = 3_600_000;

/** The credential before the current one may go then. */
export function pastGrace({ config }: RotationDefinition): number {
  const { graceSeconds = DEFAULT_GRACE_S } = config as unknown as MultiCredentialConfig;
  return graceSeconds * 1_000 + HOUR_MS;
}

/** For stages without a service of AWS. */
export const NO_AWS = { endpoints: {}, calls: (): readonly StageCall[] => [] };
