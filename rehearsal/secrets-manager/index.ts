/**
 * A Secrets Manager on this machine: AWS's documented rules behind AWS's wire protocol.
 * What it does not do, it says: signatures are not verified, values are kept in memory in clear,
 * request quotas per second and the quota of versions are not enforced (a rehearsal packs months into minutes).
 */
export { Faults } from './faults';
export type { Fault, FaultPoint } from './faults';
export type { AuthorizationDecision, AuthorizationRequest } from './authorization-request';
export { LocalSecretsManager } from './local-secrets-manager';
export type { NotificationEvents, SecretLabelUpdated, ServiceEvent, ServiceEventName } from './notifications';
export type { LocalSecretsManagerOptions } from './options';
export type { RecordedCall } from './recorded-call';
export type { RotationEvent, RotationStep } from './rotation-event';
export type { RotationRules } from './rotation-rules';
export type { SecretSnapshot, VersionSnapshot } from './snapshot';
export type { SecretValue } from './secret';
export { SecretsManagerError } from './errors';
