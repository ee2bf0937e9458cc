/** From the rehearsal to a function's process, over its IPC channel. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly event: unknown;
  readonly functionArn: string;
  /** `Date.now()` at which the time-out of the template strikes. */
  readonly deadline: number;
}

/** From a function's process to the rehearsal. */
export type BootstrapMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly requestId: string }
  | { readonly kind: 'failed'; readonly requestId?: string; readonly error: FunctionError };

export interface FunctionError {
  readonly name: string;
  readonly message: string;
}

/** The last line on the standard output of an invocation: what the function wrote came before it. */
export function endOfOutput(requestId: string, stream: 'stdout' | 'stderr'): string {
  return `\u0000end of ${requestId} ${stream}`;
}
