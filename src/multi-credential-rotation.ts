import { Construct } from 'constructs';
import { MultiCredentialRotationProps } from './multi-credential-rotation-props';
import { multiCredentialPlan } from './private/multi-credential-plan';
import { retireBetweenRotations } from './private/retirement-schedule';
import { RotationBase } from './private/rotation-base';

/**
 * Rotates a credential of which one principal holds two at a time: access keys of an IAM user, SMTP credentials of Amazon SES, passwords of a
 * user of Redis OSS, Valkey, ElastiCache or MemoryDB, and what a service of one's own rotates.
 *
 * Each rotation ends the credential that is not in use, makes a new one, verifies it and promotes it. No client is refused whose copy of the
 * secret is younger than the time between two rotations.
 *
 * A secret that the construct creates gets its first credential from the first rotation, right after the deployment. Until then it is an empty
 * object where the service makes up the credential, and holds a password that the service has not heard of where the rotation chooses it.
 *
 * Errors: props that the service has no use for, a superuser secret that is the secret itself, and what all rotations refuse. At synthesis: a
 * dynamic reference to the `username` of SMTP credentials.
 */
export class MultiCredentialRotation extends RotationBase {
  /**
   * @param scope The construct to define the rotation in.
   * @param id Id of the rotation within the scope.
   * @param props What is rotated, and when.
   */
  constructor(scope: Construct, id: string, props: MultiCredentialRotationProps) {
    super(scope, id, props, (self) => multiCredentialPlan(self, props));
    if (props.deactivateAfter) retireBetweenRotations(this, props.deactivateAfter);
  }
}
