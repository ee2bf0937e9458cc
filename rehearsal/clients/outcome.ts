import type { ClientSignIn } from '../report/model';

/** What services answer to a credential that they do not accept. */
const REFUSED = new Set([
  '28P01', '28000', // invalid_password, invalid_authorization_specification: Class 28 of PostgreSQL's error codes (Appendix A)
  'InvalidClientTokenId', 'SignatureDoesNotMatch', // errors of AWS's Query protocol: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
  'EAUTH', // nodemailer's word for 535 (RFC 4954)
  'WRONGPASS', // Redis and Valkey
  'REFUSED', // stand-ins of users
]);

/** What a failed sign-in is recorded as: never its message, which may quote anything. */
export function failureOf(error: unknown): Pick<ClientSignIn, 'outcome' | 'code'> {
  const code = codeOf(error);
  return { outcome: REFUSED.has(code) ? 'refused' : 'error', code };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
