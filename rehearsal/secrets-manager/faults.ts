import { SecretsManagerError } from './errors';

/** Where a call stands when a fault may strike it. */
export interface FaultPoint {
  /** `before`: nothing has happened yet; `after`: the effect has taken place, the answer has not been sent. */
  readonly moment: 'before' | 'after';
  readonly action: string;
  readonly secretArn?: string;
  readonly accessKeyId?: string;
  /** Counts all calls to this service, from 1. */
  readonly sequence: number;
}

export type Fault =
  /** Answers with an error. At `after` the effect has taken place nevertheless. */
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly status: number }
  /** Closes the connection without an answer. */
  | { readonly kind: 'lostAnswer' }
  /** Never answers: the client's time-out decides. */
  | { readonly kind: 'hang' }
  /** Waits, then goes on; a client that gives up meanwhile does not stop the effect. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** At `before`: the effect takes place twice, as when a network or a client repeats a request; the second outcome is answered. */
  | { readonly kind: 'duplicate' };

/** The faults that the service is known for. */
export const Faults = {
  /** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
  throttling: { kind: 'error', name: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
  internalServiceError: { kind: 'error', name: 'InternalServiceError', message: 'An error occurred on the server side.', status: 500 },
  serviceUnavailable: { kind: 'error', name: 'ServiceUnavailable', message: 'A temporary failure of the server.', status: 503 },
  lostAnswer: { kind: 'lostAnswer' },
  hang: { kind: 'hang' },
  duplicate: { kind: 'duplicate' },
} as const satisfies Record<string, Fault>;

/** A request that will get no answer: the front closes the connection or leaves it open. */
export class NoAnswer extends Error {
  constructor(readonly kind: 'lostAnswer' | 'hang') {
    super(`No answer: ${kind}`);
  }
}

/** Lets a fault strike. */
export async function strike(fault: Fault | undefined): Promise<void> {
  switch (fault?.kind) {
    case 'error': throw new SecretsManagerError(fault.name, fault.message, fault.status);
    case 'lostAnswer':
    case 'hang': throw new NoAnswer(fault.kind);
    case 'delay': return new Promise((resolve) => { setTimeout(resolve, fault.milliseconds); });
    default: return undefined;
  }
}
