import { Duration } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { RotatingCredential } from './rotating-credential';
import { RotationProps } from './rotation';
import { SecretCreationProps } from './secret-creation-props';

/** Props of {@link MultiCredentialRotation}. */
export interface MultiCredentialRotationProps extends RotationProps, SecretCreationProps {
  /** What is rotated: whose credential, of which service. */
  readonly service: RotatingCredential;

  /**
   * The secret of a superuser who may change the credential, for `RotatingCredential.redisUser` and `RotatingCredential.custom`. Refused for
   * the others, where the function's role may.
   *
   * @default - none: the user of Redis changes its own passwords, and a service of one's own gets along without
   */
  readonly superuserSecret?: ISecret;

  /**
   * How long the credential before the current one must be unused before a rotation retires it, to make room. Whole seconds. For
   * credentials that their service makes up: IAM, SES and one's own; refused for the others.
   *
   * IAM tells the last use roughly, and minutes late.
   *
   * @default Duration.days(1)
   */
  readonly grace?: Duration;

  /**
   * How old the current credential may get until a rotation retires the one before, whoever still uses it. Until then a rotation fails
   * when the one before is in use, and says by what. Whole seconds, at least `grace`. For IAM, SES and one's own; refused for the others.
   *
   * @default Duration.days(90)
   */
  readonly maxWait?: Duration;

  /**
   * Deactivates the credential before the current one between two rotations, once the current one is this old: a client that was forgotten shows
   * while the credential can still be brought back. Whole seconds, and less than the time between two rotations. It is looked at
   * each day, or each hour when this is less than a day. For IAM, SES, and services of one's own that can deactivate; refused for the others.
   *
   * @default - never: the credential before the current one works until the next rotation retires it
   */
  readonly deactivateAfter?: Duration;
}
