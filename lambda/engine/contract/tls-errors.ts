import { NoVerdict, RotationError } from './errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in a CA that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was made for another host name',
};

const GIVE_THE_CA = 'If the server is genuine, give its CA as the property `certificateAuthority` of the construct, and as host a name that its certificate is for';

/** What failed on the way to a verified TLS connection. There is no way around any of it: a password only travels over verified TLS. */
export function tlsError(error: unknown, endpoint: EndpointConfig, certificateRemedy = GIVE_THE_CA): RotationError {
  if (error instanceof RotationError) return error;
  const code = codeOf(error);
  if (isNetworkError(error)) return unreachable(endpoint, code);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return tlsUnavailable(endpoint, `the TLS handshake failed (${code})`);
  return new RotationError('TLS_CERTIFICATE_REFUSED', `the certificate of ${address(endpoint)} was refused: ${REASONS[code] ?? 'it does not come from a trusted CA'} (${code})`, {
    remedy: certificateRemedy,
  });
}

export function tlsUnavailable(endpoint: EndpointConfig, reason: string): RotationError {
  return new RotationError('TLS_UNAVAILABLE', `${address(endpoint)}: ${reason}`, {
    remedy: 'Turn TLS (1.2 or later) on at the server; passwords are never sent without it',
  });
}

export function unreachable(endpoint: EndpointConfig, detail: string): NoVerdict {
  return new NoVerdict('SERVICE_UNREACHABLE', `${address(endpoint)} was not reached (${detail})`, {
    remedy: 'Check that the server is up, and that the security groups and the subnets let the function reach it',
  });
}

export function address({ host, port }: EndpointConfig): string {
  return `${host}:${port}`;
}

function codeOf(error: unknown): string {
  return isObject(error) && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
}

/** A failed system call (several at once where a name has several addresses), or the end of the connection; the checks of a certificate involve neither. */
function isNetworkError(error: unknown): boolean {
  return isObject(error) && ('syscall' in error || 'errors' in error || codeOf(error) === 'ECONNRESET');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
