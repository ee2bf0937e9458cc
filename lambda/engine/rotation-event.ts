import { RotationError } from './contract/errors';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
/** What a schedule of the construct's own asks for between two rotations; it belongs to no version. */
const RETIRE = 'retire';
export type Step = (typeof STEPS)[number] | typeof RETIRE;

/**
 * What Secrets Manager asks of a rotation function. `clientRequestToken` is empty for the step `retire`.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
export class RotationRequest {
  readonly #rotationToken?: string;

  constructor(readonly step: Step, readonly secretArn: string, readonly clientRequestToken: string, rotationToken?: string) {
    this.#rotationToken = rotationToken;
  }

  /** Proves to PutSecretValue whose rotation this is (cross-account rotation). AWS: sensitive, never log it. */
  get rotationToken(): string | undefined {
    return this.#rotationToken;
  }
}

export function parseRotationEvent(event: unknown): RotationRequest {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const step = text(fields, 'Step');
  const secretArn = text(fields, 'SecretId');
  const token = step === RETIRE ? '' : text(fields, 'ClientRequestToken');
  const rotationToken = fields.RotationToken === undefined ? undefined : text(fields, 'RotationToken');
  if (!isStep(step)) {
    // The value is the caller's: only what is harmless to log is repeated.
    throw new RotationError('UNKNOWN_STEP', `the event's Step ${/^\w{1,40}$/.test(step) ? `'${step}' ` : ''}is not one of ${STEPS.join(', ')}`, {
      remedy: 'Only Secrets Manager is meant to invoke this function: rotate the secret with RotateSecret instead',
    });
  }
  return new RotationRequest(step, secretArn, token, rotationToken);
}

function isStep(step: string): step is Step {
  return step === RETIRE || (STEPS as readonly string[]).includes(step);
}

function text(fields: Record<string, unknown>, key: string): string {
  const value = fields[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new RotationError('MALFORMED_EVENT', `the event has no ${key}`, {
    remedy: 'Only Secrets Manager is meant to invoke this function: rotate the secret with RotateSecret instead',
  });
}
