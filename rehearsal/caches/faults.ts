import { Fault } from '../secrets-manager';

export type CacheServiceName = 'elasticache' | 'memorydb';

/** Where a call stands when a fault may strike it. */
export interface CacheFaultPoint {
  /** `before`: nothing has happened yet; `after`: the change has been accepted, the answer has not been sent. */
  readonly moment: 'before' | 'after';
  readonly service: CacheServiceName;
  readonly action: string;
  readonly accessKeyId?: string;
  /** ElastiCache's user id, MemoryDB's user name. */
  readonly userId?: string;
  /** Counts all calls of both services, from 1. */
  readonly sequence: number;
}

/** The faults that both services are known for. */
export const CacheFaults = {
  /** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html, and MemoryDB's page of the same name. */
  throttling: { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
  internalFailure: { kind: 'error', name: 'InternalFailure', message: 'The request processing has failed because of an unknown error.', status: 500 },
  serviceUnavailable: { kind: 'error', name: 'ServiceUnavailable', message: 'The request has failed due to a temporary failure of the server.', status: 503 },
  lostAnswer: { kind: 'lostAnswer' },
  hang: { kind: 'hang' },
  duplicate: { kind: 'duplicate' },
} as const satisfies Record<string, Fault>;
