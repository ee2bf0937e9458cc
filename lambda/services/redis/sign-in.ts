import { RedisConnection } from './connection';
import { ErrorReply } from './resp';
import { signInError } from './sign-in-errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import type { Credential } from '../../engine/contract/credential';
import { SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** More than a server that is up ever takes; a security group that drops packets would take the whole time-out. */
const LONGEST_ATTEMPT_MS = 10_000;
const LEAST_ATTEMPT_MS = 1_000;

export interface SignInOptions {
  /** PEM. @default Node.js's own, with those of NODE_EXTRA_CA_CERTS */
  readonly authorities?: () => Promise<string>;
  /** What to do about a certificate that is refused. @default give the CA to the construct */
  readonly certificateRemedy?: string;
  /** What to do about a password that is refused. */
  readonly refusalRemedy: (username: string) => string;
}

/** Signs in to Redis or Valkey, over verified TLS only. */
export class SignIn {
  private authorities?: Promise<string>;

  constructor(private readonly invocation: Invocation, private readonly options: SignInOptions) {}

  /** Once. Throws `SignInRefused` when the password is not accepted, and `NoVerdict` when the server gave no verdict. */
  async open(credential: Credential, endpoint: EndpointConfig): Promise<RedisConnection> {
    const connection = await this.connect(endpoint);
    const { measurements } = this.invocation;
    try {
      measurements.signIns++;
      const answer = await connection.call('AUTH', credential.username, credential.password);
      if (answer === 'OK') return connection;
      throw signInError(answer instanceof ErrorReply ? answer : undefined, credential.username, endpoint, this.options.refusalRemedy);
    } catch (error: unknown) {
      connection.end();
      if (error instanceof SignInRefused) measurements.signInsRefused++;
      throw error;
    }
  }

  /** AUTH alone is a verdict, and needs no right of the user's: any other command would. */
  async verify(credential: Credential, endpoint: EndpointConfig): Promise<void> {
    (await this.open(credential, endpoint)).end();
  }

  private async connect(endpoint: EndpointConfig): Promise<RedisConnection> {
    const { authorities, certificateRemedy } = this.options;
    this.authorities ??= authorities?.();
    const timeoutMs = (): number => Math.ceil(Math.min(LONGEST_ATTEMPT_MS, Math.max(LEAST_ATTEMPT_MS, this.invocation.deadline.remainingMs)));
    return RedisConnection.open({ endpoint, authorities: await this.authorities, certificateRemedy, timeoutMs });
  }
}
