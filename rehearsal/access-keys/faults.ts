import { Fault } from '../secrets-manager';

/** Where a call stands when a fault may strike it. */
export interface QueryFaultPoint {
  /** `before`: nothing has happened yet; `after`: the effect has taken place, the answer has not been sent. */
  readonly moment: 'before' | 'after';
  readonly service: ServiceName;
  readonly action: string;
  readonly accessKeyId?: string;
  /** Counts all calls, from 1. */
  readonly sequence: number;
}

export type ServiceName = 'iam' | 'sts';

/** The faults that IAM and STS are known for; `Faults` holds Secrets Manager's. */
export const QueryFaults = {
  /** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html; the code as the SDKs' lists of throttling errors have it */
  throttling: { kind: 'error', name: 'Throttling', message: 'Rate exceeded', status: 400 },
  serviceFailure: { kind: 'error', name: 'ServiceFailure', message: 'The request processing has failed because of an unknown error.', status: 500 },
  serviceUnavailable: { kind: 'error', name: 'ServiceUnavailable', message: 'The request has failed due to a temporary failure of the server.', status: 503 },
  lostAnswer: { kind: 'lostAnswer' },
  hang: { kind: 'hang' },
  duplicate: { kind: 'duplicate' },
} as const satisfies Record<string, Fault>;
