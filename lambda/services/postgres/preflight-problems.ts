import { NoVerdict, RotationError } from '../../engine/contract/errors';

/** Something that the first rotation would fail at. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** A list that leaves out what is no problem. */
export function problems(...found: readonly (Problem | false)[]): Problem[] {
  return found.filter(problem => problem !== false);
}

/** A failure of our own, told as a problem; any other error, and one that may pass by itself, is thrown. */
export function problemFrom(error: unknown): Problem {
  if (!(error instanceof RotationError) || error instanceof NoVerdict) throw error;
  return { what: error.reason, remedy: error.remedy };
}

/** Throws one error that tells them all. */
export function failWith(found: readonly Problem[]): void {
  if (found.length === 0) return;
  throw new RotationError('PREFLIGHT_FAILED', `the first rotation would fail: ${found.map(({ what }) => what).join('; ')}`, {
    remedy: found.map(({ remedy }) => remedy).join('. '),
  });
}

/** What kept the check from being made is its result, unless trying again may help. */
export function asPreflightFailure(error: unknown): unknown {
  if (!(error instanceof RotationError) || error instanceof NoVerdict || error.code === 'SUPERUSER_REFUSED') return error;
  return new RotationError('PREFLIGHT_FAILED', `the first rotation would fail: ${error.reason} (${error.code})`, { remedy: error.remedy, cause: error });
}
