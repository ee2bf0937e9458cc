import type { SecretFields, ServiceErrorCode } from '../../../service';
import { NoVerdict, PasswordRejected, RotationError, SignInRefused } from '../../engine/contract/errors';
import { mentions } from '../../engine/contract/mentions';

/** What a service was given or gave, in the step under way: none of it may come back in a message. */
export type Known = ReadonlySet<string>;

const LEAST_SECRET_LENGTH = 8;
/** Members of AWS's JSON structure of database secrets that anybody may see. */
const NO_SECRET = ['username', 'host', 'engine', 'dbname', 'masterarn'];
const FRAME = /^\s+at .*:\d+:\d+\)?$/;

type Translation = (reason: string, remedy: string) => RotationError;

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

/**
 * What a method of a service threw, as an error of ours. Our own pass as they are: a fence that throws within. Classes do not cross from one bundle to
 * another, so the others are told by their code.
 */
export function translate(known: Known, method: string, error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const { code, message, remedy } = membersOf(error);
  const translation = typeof code === 'string' && Object.hasOwn(TRANSLATIONS, code) ? TRANSLATIONS[code as ServiceErrorCode] : undefined;
  if (translation === undefined || typeof message !== 'string') return unnamed(known, method, error);
  const withheld = (what: string): string => `${method} failed with ${String(code)} (its ${what} repeats a credential)`;
  return translation(
    shown(known, message, withheld('message')) || `${method} failed with ${String(code)}`,
    typeof remedy === 'string' && remedy !== '' ? shown(known, remedy, withheld('remedy')) : 'See the reason, and the code of the service',
  );
}

/** The service's own words, unless they repeat what must not be repeated. */
export function shown(known: Known, text: string, otherwise: string): string {
  return [...known].some((secret) => mentions(text, secret)) ? otherwise : text;
}

/** The texts of a value that may be secret: long enough, under a name that does not say otherwise, and none of those that everybody may see. */
export function secretsOf(fields: SecretFields, everybodysBusiness: readonly unknown[] = []): string[] {
  return Object.entries(fields).filter(([name]) => !NO_SECRET.includes(name)).flatMap(([, member]) => textsIn(member))
    .filter((text) => text.length >= LEAST_SECRET_LENGTH && !everybodysBusiness.includes(text));
}

/** An answer that the interface does not allow. */
export function wrongAnswer(method: string, reason: string): RotationError {
  return new RotationError('SERVICE_FAILED', `${method} of the service of your own ${reason}`, {
    remedy: 'See `cdk-secret-rotation/service` for what it must answer',
  });
}

export function membersOf(error: unknown): Readonly<Record<string, unknown>> {
  return (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
}

function textsIn(member: unknown): string[] {
  if (typeof member === 'string') return [member];
  return typeof member === 'object' && member !== null ? Object.values(member).flatMap(textsIn) : [];
}

/** Its message may hold anything, lines that look like a place included: only its kind and place are kept. */
function unnamed(known: Known, method: string, error: unknown): RotationError {
  const { name, message, stack } = membersOf(error);
  const kind = typeof name === 'string' ? name : typeof error;
  const trace = typeof stack === 'string' ? stack.replace(String(message), '') : '';
  const place = trace.split('\n').find((line) => FRAME.test(line))?.trim() ?? 'unknown place';
  return new RotationError('SERVICE_FAILED', `${method} of the service of your own failed (${shown(known, `${kind} ${place}`, 'unknown place')})`, {
    remedy: 'See the code of the service at that place. Errors with a `code` of `ServiceErrorCode` are shown with their text',
  });
}
