/**
 * IAM's access keys and STS's GetCallerIdentity on this machine: AWS's documented rules behind AWS's wire protocol.
 * What it does not do, it says: STS verifies signatures, IAM does not verify its callers'; other operations, quotas per second,
 * and policies of its own are missing. A status or a deletion is known everywhere at once; only a new key takes its time.
 */
export { QueryFaults } from './faults';
export type { QueryFaultPoint } from './faults';
export { LocalIam } from './local-iam';
export type { AccessKeyPair, AccessKeySnapshot } from './local-iam';
export type { LocalIamOptions } from './options';
export type { RecordedQuery } from './recorded-call';
