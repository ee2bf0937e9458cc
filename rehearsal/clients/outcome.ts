import type { ClientService } from './settings';
import type { ClientSignIn } from '../report/model';

/** The codes that say that the credential was not accepted, and nothing else. */
const REFUSALS: Readonly<Record<ClientService['kind'], readonly string[]>> = {
  /** invalid_password and invalid_authorization_specification: Class 28 of PostgreSQL's error codes (Appendix A). */
  'postgres': ['28P01', '28000'],
  /** Of a key that is inactive, deleted or not known yet; of another key's secret. "Common error types" of the AWS STS API Reference. */
  'access-key': ['InvalidClientTokenId', 'SignatureDoesNotMatch'],
  /** The reply 535 (RFC 4954), see `sign-in/smtp.ts`. */
  'smtp': ['EAUTH'],
  /** First word of the reply to AUTH. */
  'redis': ['WRONGPASS'],
  'custom': ['REFUSED'],
};

/** What a failed sign-in is recorded as: never its message, which may quote anything. */
export function failureOf(error: unknown, service: ClientService['kind']): Pick<ClientSignIn, 'outcome' | 'code'> {
  const code = codeOf(error);
  return { outcome: REFUSALS[service].includes(code) ? 'refused' : 'error', code };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
