/** A question to whoever judges by policies: the caller, or the service itself, wants to do this. */
export interface AuthorizationRequest {
  /** Whose signature the request bears; undefined when Secrets Manager itself calls. */
  readonly accessKeyId?: string;
  /** The service principal that calls on its own behalf. */
  readonly service?: 'secretsmanager.amazonaws.com';
  /** As in a policy: `secretsmanager:GetSecretValue`, `kms:Decrypt`, `lambda:InvokeFunction`. */
  readonly action: string;
  /** ARN of the secret, key or function; `*` for actions without one. */
  readonly resource: string;
  readonly secretArn?: string;
  /** Condition keys of this request, named as in a policy. */
  readonly context: Readonly<Record<string, string | string[]>>;
}

export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly reason: string;
}
