import { RotationError, RotationErrorCode } from '../../../engine/contract/errors';

/** Something that stands in the way of equal users, and the way out of it. */
export interface Finding {
  readonly what: string;
  readonly remedy: string;
}

/** One error that names every finding, each remedy once. */
export function errorOf(code: RotationErrorCode, subject: string, findings: readonly Finding[]): RotationError {
  return new RotationError(code, `${subject}: ${findings.map(finding => finding.what).join('; ')}`, {
    remedy: [...new Set(findings.map(finding => finding.remedy))].join('. '),
  });
}
