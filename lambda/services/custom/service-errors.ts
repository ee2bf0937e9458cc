import type { SecretFields, ServiceErrorCode } from '../../../service';
import { NoVerdict, PasswordRejected, RotationError, SignInRefused } from '../../engine/contract/errors';

/** What a service was given or gave, in the step under way: none of it may come back in a message. */
export type Known = ReadonlySet<string>;

const LEAST_SECRET_LENGTH = 8;
/** Members of AWS's JSON structure of database secrets that anybody may see. */
const NO_SECRET = ['username', 'host', 'engine', 'dbname', 'masterarn'];

type Translation = (reason: string, remedy: string, cause: unknown) => RotationError;

const named = (code: RotationError['code']): Translation => (reason, remedy) => new RotationError(code, reason, { remedy });

const TRANSLATIONS: Readonly<Record<ServiceErrorCode, Translation>> = {
  REFUSED: (reason, remedy) => new SignInRefused('', reason, { remedy }),
  SUPERUSER_REFUSED: named('SUPERUSER_REFUSED'),
  REJECTED: (reason, remedy) => new PasswordRejected(reason, { remedy }),
  UNREACHABLE: (reason, remedy) => new NoVerdict('SERVICE_UNREACHABLE', reason, { remedy }),
  BUSY: (reason, remedy) => new NoVerdict('SERVICE_BUSY', reason, { remedy }),
  QUOTA_EXCEEDED: named('QUOTA_EXCEEDED'),
  PERMISSION_DENIED: named('PERMISSION_DENIED'),
  USER_MISSING: named('USER_MISSING'),
  DRIFT: named('DRIFT'),
};

/** Runs a method of a service; what it throws becomes an error of ours. A fence that throws within passes. */
export async function translated<T>(known: Known, method: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error: unknown) {
    throw error instanceof RotationError ? error : translate(known, method, error);
  }
}

/** The texts of a value that may be secret: long enough, under a name that does not say otherwise, and none of those that everybody may see. */
export function secretsOf(fields: SecretFields, everybodysBusiness: readonly unknown[] = []): string[] {
  return Object.entries(fields).flatMap(([name, text]) =>
    typeof text === 'string' && text.length >= LEAST_SECRET_LENGTH && !NO_SECRET.includes(name) && !everybodysBusiness.includes(text) ? [text] : []);
}

/** An answer that the interface does not allow. */
export function wrongAnswer(method: string, reason: string): RotationError {
  return new RotationError('SERVICE_FAILED', `${method} of the service of your own ${reason}`, {
    remedy: 'See `cdk-secret-rotation/service` for what it must answer',
  });
}

/** Classes do not cross from one bundle to another, so errors are told by their code. */
function translate(known: Known, method: string, error: unknown): RotationError {
  const { code, message, remedy } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  const translation = typeof code === 'string' && Object.hasOwn(TRANSLATIONS, code) ? TRANSLATIONS[code as ServiceErrorCode] : undefined;
  if (translation === undefined || !(error instanceof Error || typeof message === 'string')) return unnamed(method, error);
  const otherwise = 'See the reason, and the code of the service';
  return translation(shown(known, method, message, `${method} failed with ${String(code)}`), shown(known, method, remedy, otherwise), error);
}

/** The service's own words, unless they repeat what must not be repeated. */
function shown(known: Known, method: string, text: unknown, otherwise: string): string {
  if (typeof text !== 'string' || text === '') return otherwise;
  return [...known].some((secret) => text.includes(secret)) ? `${otherwise} (what ${method} says of it repeats a credential)` : text;
}

/** Its message may hold anything: only its kind and place are kept. */
function unnamed(method: string, error: unknown): RotationError {
  const kind = error instanceof Error ? error.name : typeof error;
  const place = (error instanceof Error ? error.stack ?? '' : '').split('\n').find((line) => /^\s+at /.test(line))?.trim() ?? 'unknown place';
  return new RotationError('SERVICE_FAILED', `${method} of the service of your own failed (${kind} ${place})`, {
    remedy: 'See the code of the service at that place. Errors with a `code` of `ServiceErrorCode` are shown with their text',
  });
}
