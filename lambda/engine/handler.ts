import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Deadline } from './contract/deadline';
import { RotationError } from './contract/errors';
import { Invocation } from './contract/invocation';
import { Measurements } from './contract/measurements';
import { Rotation } from './rotation';
import { parseRotationEvent, RotationRequest, Step } from './rotation-event';
import { SecretVersions } from './secret-versions';
import { StepRecord } from './step-record';
import { RotationStrategy } from './strategy';
import { ROTATION_CONFIG } from '../../src/private/rotation-config';

/** What is used of the context that Lambda passes. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export type RotationHandler = (event: unknown, context: LambdaContext) => Promise<void>;

const CONNECTION_TIMEOUT_MS = 2_000;

/**
 * The function that Secrets Manager invokes for each step. A failure is logged once, here, and rethrown: Secrets
 * Manager then retries the whole rotation with the same token.
 */
export function createHandler<Config>(strategyFor: (config: Config, invocation: Invocation) => RotationStrategy): RotationHandler {
  // Kept for the life of the process: its connection and credentials are used again by the next step.
  const client = new SecretsManagerClient({
    maxAttempts: 1, // the engine repeats calls itself: it must know when an answer was lost
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, throwOnRequestTimeout: true }, // each call brings its own limit
  });
  return async (event, context) => {
    const measurements = new Measurements();
    const record = new StepRecord(measurements);
    let request: RotationRequest | undefined;
    try {
      request = parseRotationEvent(event);
      const invocation: Invocation = { deadline: new Deadline(context.getRemainingTimeInMillis()), measurements, log: record };
      const rotation = new Rotation(request, new SecretVersions(client, request, invocation), invocation);
      await perform(strategyFor(readConfig<Config>(), invocation), request.step, rotation);
      write(record.line(request));
    } catch (error: unknown) {
      const failure = asRotationError(error);
      write(record.line(request, failure));
      throw presentable(failure);
    }
  };
}

async function perform(strategy: RotationStrategy, step: Step, rotation: Rotation): Promise<void> {
  if (step !== 'retire') return strategy[step](rotation);
  if (strategy.retire) return strategy.retire(rotation);
  throw new RotationError('UNKNOWN_STEP', 'this strategy has no step retire', { remedy: 'Remove the schedule that asks for it: the construct makes one only for issued credentials' });
}

function readConfig<Config>(): Config {
  try {
    return JSON.parse(process.env[ROTATION_CONFIG] ?? '') as Config;
  } catch {
    throw new RotationError('MISCONFIGURED', `the environment variable ${ROTATION_CONFIG} is missing or not JSON`, {
      remedy: 'Deploy the construct again: it sets this variable',
    });
  }
}

// Straight to stdout: console.log adds a prefix that the embedded metric format does not allow.
function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The message of an error that is not ours may quote anything, a secret value included: only its kind and place are kept. */
function asRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  const place = (error instanceof Error ? error.stack ?? '' : '').split('\n').find((line) => /^\s+at /.test(line))?.trim() ?? 'unknown place';
  return new RotationError('UNEXPECTED', `${kind} ${place}`, { remedy: 'This is a defect of cdk-secret-rotation: report it with this line' });
}

/** Without its cause, which Lambda would print. */
function presentable({ code, message }: RotationError): Error {
  const error = new Error(message);
  error.name = code;
  return error;
}
