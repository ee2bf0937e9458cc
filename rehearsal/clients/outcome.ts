import type { ClientSignIn } from '../report/model';

/** invalid_password and invalid_authorization_specification: Class 28 of PostgreSQL's error codes (Appendix A). */
const REFUSED = new Set(['28P01', '28000']);

/** What a failed sign-in is recorded as: never its message, which may quote anything. */
export function failureOf(error: unknown): Pick<ClientSignIn, 'outcome' | 'code'> {
  const code = codeOf(error);
  return { outcome: REFUSED.has(code) ? 'refused' : 'error', code };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
