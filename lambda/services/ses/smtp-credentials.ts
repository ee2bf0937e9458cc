import { smtpPassword } from './smtp-password';
import { smtpSignIn, speaksTlsAtOnce } from './smtp-sign-in';
import type { IssuedCredential, IssuedCredentials, SecretFields } from '../../../service';
import type { SesRotationConfig } from '../../../src/private/rotation-config';
import { RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';
import { UserKeys } from '../iam/user-keys';

/** More than an endpoint that is up ever takes; a security group that drops packets would take the whole time-out. */
const LONGEST_ATTEMPT_MS = 10_000;
const LEAST_ATTEMPT_MS = 1_000;

/**
 * SMTP credentials of an IAM user for Amazon SES: the id of an access key, and the password that is derived from its secret key. The secret key itself
 * is stored nowhere: whoever reads the secret can send mail through one Region as the user may, and call nothing else of AWS.
 */
export class SmtpCredentials extends UserKeys<SesRotationConfig> implements IssuedCredentials {
  /** Where clients send. */
  readonly facts: SecretFields = { host: this.config.smtpEndpoint.host, port: this.config.smtpEndpoint.port };

  constructor(config: SesRotationConfig, invocation: Invocation, private readonly authorities?: string) {
    super(config, invocation);
  }

  idOf({ username }: SecretFields): string | undefined {
    return typeof username === 'string' && username !== '' ? username : undefined;
  }

  async issue(): Promise<IssuedCredential> {
    const { accessKeyId, secretAccessKey } = await this.createKey();
    return { id: accessKeyId, fields: { username: accessKeyId, password: smtpPassword(secretAccessKey, this.config.sesRegion) } };
  }

  /**
   * Signs in where clients do, once. STS would prove the key alone: neither that the endpoint knows it already nor that the password was derived for
   * this Region; and without the secret key nobody can ask it.
   */
  async verify(fields: SecretFields): Promise<void> {
    const { measurements } = this.invocation;
    const { smtpEndpoint: endpoint } = this.config;
    const login = this.loginOf(fields);
    measurements.signIns++;
    try {
      await smtpSignIn({ ...login, endpoint, tlsAtOnce: speaksTlsAtOnce(endpoint.port), timeoutMs: this.attemptMs, authorities: this.authorities });
    } catch (error: unknown) {
      if (error instanceof SignInRefused) measurements.signInsRefused++;
      throw error;
    }
  }

  private loginOf({ username, password }: SecretFields): { readonly username: string; readonly password: string } {
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
    throw new RotationError('SECRET_MALFORMED', `the version of the secret names no SMTP credentials of the user ${this.config.userName}`, {
      remedy: 'It must hold `username` and `password`, both strings. Call RotateSecret for a new version',
    });
  }

  private get attemptMs(): number {
    return Math.ceil(Math.min(LONGEST_ATTEMPT_MS, Math.max(LEAST_ATTEMPT_MS, this.invocation.deadline.remainingMs)));
  }
}
