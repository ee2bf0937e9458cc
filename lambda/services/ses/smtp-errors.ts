import type { EndpointConfig } from '../../../src/private/rotation-config';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';

const CERTIFICATE_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in a CA that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was made for another host name',
};

/** OpenSSL's X509_V_ERR_… as Node.js names them ("X509 certificate error codes"), and Node.js's own check of the name. */
const CERTIFICATE_ERROR = /CERT|^UNABLE_TO_|^CRL_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$/;

/** What nodemailer adds to an error: the reply's number, and the code that its own replaced. Its message and `response` are never told: a server may repeat what it was sent. */
interface DialogueError extends NodeJS.ErrnoException {
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/** What a sign-in at the SMTP endpoint failed of. The replies are those of "SMTP response codes returned by Amazon SES", Amazon SES Developer Guide. */
export function smtpError(error: unknown, endpoint: EndpointConfig, username: string): RotationError {
  if (error instanceof RotationError) return error;
  const { code = 'no code', originalCode = code, responseCode, response = '', command = '' }: Partial<DialogueError> = isObject(error) ? error : {};
  if (originalCode.startsWith('ERR_SSL') || originalCode === 'EPROTO') return tlsUnavailable(endpoint, `the TLS handshake failed (${originalCode})`);
  if (CERTIFICATE_ERROR.test(originalCode)) return certificateRefused(endpoint, originalCode);
  if (command === 'STARTTLS') return tlsUnavailable(endpoint, `the server refused STARTTLS (${responseCode ?? originalCode})`);
  if (responseCode === 535) return refused(endpoint, username, response);
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return busy(endpoint, responseCode);
  return unreachable(endpoint, responseCode === undefined ? originalCode : `the server answered ${command} with ${responseCode}`);
}

export function tlsUnavailable(endpoint: EndpointConfig, reason: string): RotationError {
  return new RotationError('TLS_UNAVAILABLE', `${address(endpoint)}: ${reason}; the password was not sent`, {
    remedy: 'Ports 465 and 2465 must speak TLS at once, all others STARTTLS, both in version 1.2 or later: see that the port of `smtpEndpoint` is the right one and that nothing on the way strips STARTTLS',
  });
}

export function unreachable(endpoint: EndpointConfig, detail: string): NoVerdict {
  return new NoVerdict('SERVICE_UNREACHABLE', `the SMTP endpoint ${address(endpoint)} gave no verdict (${detail})`, {
    remedy: `See that the function reaches port ${endpoint.port} of it: by a NAT gateway and the egress rules of its security groups, or by the VPC's interface endpoint com.amazonaws.<Region>.email-smtp. Port 25 is throttled in AWS; Secrets Manager retries the rotation`,
  });
}

function certificateRefused(endpoint: EndpointConfig, code: string): RotationError {
  return new RotationError('TLS_CERTIFICATE_REFUSED', `the certificate of ${address(endpoint)} was refused: ${CERTIFICATE_REASONS[code] ?? 'it does not come from a trusted CA'} (${code}); the password was not sent`, {
    remedy: 'Give `smtpEndpoint` a name that the certificate is for. Where a proxy of your own ends TLS, name its CA file in the function\'s NODE_EXTRA_CA_CERTS',
  });
}

function refused(endpoint: EndpointConfig, username: string, response: string): SignInRefused {
  // A fixed phrase of SES's, looked for rather than repeated.
  const unsubscribed = /not subscribed/i.test(response);
  return new SignInRefused(username, `${address(endpoint)} refused the SMTP credentials of the access key ${username} (535${unsubscribed ? ', the account is not subscribed to Amazon SES' : ''})`, {
    remedy: unsubscribed
      ? 'Open the console of Amazon SES once in this account and Region'
      : 'A new key may take a minute to be known everywhere. If it lasts: the password is good for one Region, so see that `sesRegion` is the endpoint\'s, and whether the key was deactivated: aws iam list-access-keys',
  });
}

function busy(endpoint: EndpointConfig, responseCode: number): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `the SMTP endpoint ${address(endpoint)} put the sign-in off (${responseCode})`, {
    remedy: 'Amazon SES limits connections and sign-ins: see whether clients open too many. Secrets Manager retries the rotation',
  });
}

function address({ host, port }: EndpointConfig): string {
  return `${host}:${port}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
