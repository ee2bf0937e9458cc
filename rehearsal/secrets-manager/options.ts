import { AuthorizationDecision, AuthorizationRequest } from './authorization-request';
import { Fault, FaultPoint } from './faults';
import { RotationEvent } from './rotation-event';

export interface LocalSecretsManagerOptions {
  /** @default '111122223333' */
  readonly account?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default 'aws' */
  readonly partition?: string;
  /**
   * AWS's guide says that moving AWSCURRENT also removes AWSPENDING; recordings of the service show it staying
   * (aws-secrets-manager-rotation-lambdas#168). Whatever must hold, must hold with both.
   *
   * @default 'strip'
   */
  readonly pendingOnPromotion?: 'strip' | 'keep';
  /**
   * What a repeated PutSecretValue (same token, same value) does with the labels that it asks for. AWS's page says only
   * that the operation "succeeds but does nothing".
   *
   * @default 'attachLabels'
   */
  readonly repeatedPut?: 'attachLabels' | 'ignore';
  /**
   * What the version of a rotation test (`RotateImmediately: false`) holds: AWS does not say.
   *
   * @default 'empty'
   */
  readonly rotationTestVersion?: 'empty' | 'current';
  /**
   * Versions without labels "can be deleted by Secrets Manager" at any time: `purge` deletes them at once.
   *
   * @default 'keep'
   */
  readonly deprecatedVersions?: 'keep' | 'purge';
  /**
   * How often a rotation is tried, all four steps with the same token, before it is given up with AWSPENDING left
   * behind. AWS says "multiple times", and no number.
   *
   * @default 3
   */
  readonly rotationAttempts?: number;
  /**
   * Wait between two attempts, in milliseconds.
   *
   * @default 0
   */
  readonly rotationRetryDelay?: number;
  /**
   * Asked for every call, and for each call to KMS or Lambda that comes with it.
   *
   * @default - everything is allowed
   */
  readonly authorize?: (request: AuthorizationRequest) => AuthorizationDecision;
  /**
   * Consulted for every call, before and after its effect.
   *
   * @default - no faults
   */
  readonly fault?: (point: FaultPoint) => Fault | undefined;
  /**
   * Invokes a rotation function and waits for it, as the service does; rejects when the function fails.
   *
   * @default - RotateSecret fails at its first step
   */
  readonly invokeFunction?: (functionArn: string, event: RotationEvent) => Promise<void>;
  /** @default - the system's clock */
  readonly now?: () => Date;
}

/** The options with their defaults. */
export type Settings = Required<LocalSecretsManagerOptions>;

export function withDefaults(options: LocalSecretsManagerOptions): Settings {
  return {
    account: '111122223333',
    region: 'us-east-1',
    partition: 'aws',
    pendingOnPromotion: 'strip',
    repeatedPut: 'attachLabels',
    rotationTestVersion: 'empty',
    deprecatedVersions: 'keep',
    rotationAttempts: 3,
    rotationRetryDelay: 0,
    authorize: () => ({ allowed: true, reason: 'everything is allowed' }),
    fault: () => undefined,
    invokeFunction: async (functionArn) => { throw new Error(`No function ${functionArn} here: give invokeFunction to LocalSecretsManager`); },
    now: () => new Date(),
    ...definedOnly(options),
  };
}

function definedOnly(options: LocalSecretsManagerOptions): LocalSecretsManagerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
