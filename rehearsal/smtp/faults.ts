/** Where a session stands when a fault may strike it. */
export interface SmtpFaultPoint {
  /** `connect`: before the greeting; `beforeAuth`: before the credential is looked at; `afterAuth`: it was, the answer has not been sent. */
  readonly moment: 'connect' | 'beforeAuth' | 'afterAuth';
  /** At AUTH, whom the client says to be. */
  readonly accessKeyId?: string;
  /** Counts all sessions, from 1. */
  readonly session: number;
}

export type SmtpFault =
  /** Answers with an error of this code. */
  | { readonly kind: 'reply'; readonly code: number; readonly message: string }
  /** Closes the connection without an answer. */
  | { readonly kind: 'lostAnswer' }
  /** Never answers: the client's time-out decides. */
  | { readonly kind: 'hang' }
  /** Waits, then goes on. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

/** The faults that the service is known for: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html */
export const SmtpFaults = {
  tooManyConnections: { kind: 'reply', code: 421, message: 'Too many concurrent SMTP connections' },
  temporaryFailure: { kind: 'reply', code: 451, message: 'Temporary service failure' },
  /** RFC 4954, section 6 */
  temporaryAuthenticationFailure: { kind: 'reply', code: 454, message: 'Temporary authentication failure' },
  lostAnswer: { kind: 'lostAnswer' },
  hang: { kind: 'hang' },
} as const satisfies Record<string, SmtpFault>;

/** What the client gets instead of its answer: a reply with an error, or none. */
export class Struck extends Error {
  constructor(readonly fault: Exclude<SmtpFault, { kind: 'delay' }>) {
    super(fault.kind === 'reply' ? fault.message : `No answer: ${fault.kind}`);
  }
}

/** Lets a fault strike. */
export async function strike(fault: SmtpFault | undefined): Promise<void> {
  if (fault?.kind === 'delay') return new Promise(resolve => { setTimeout(resolve, fault.milliseconds); });
  if (fault !== undefined) throw new Struck(fault);
  return undefined;
}
