import { Construct } from 'constructs';
import { RotationBase } from './private/rotation-base';
import { singleUserPlan } from './private/user-plans';
import { SingleUserRotationProps } from './single-user-rotation-props';

/**
 * Rotates the password of a PostgreSQL user that changes its own password; of another database's, by `RotationTarget.custom`.
 *
 * In a short window at each rotation new sign-ins with the old password fail: clients retry with backoff and jitter.
 * `metricRefusalWindow` tells how long it was.
 *
 * The secret is the target's own, or the one given: a secret made here would hold a password that nobody told the
 * database. For a fresh database use `DatabaseUserSecret`; for a user without a secret, `SuperuserRotation` or
 * `AlternatingUsersRotation`.
 *
 * Errors: no secret, a secret that RDS manages and rotates itself, and what all rotations refuse.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html#rotating-secrets-one-user-one-password
 */
export class SingleUserRotation extends RotationBase {
  /**
   * @param scope The construct to define the rotation in.
   * @param id Id of the rotation within the scope.
   * @param props What is rotated, where, and when.
   */
  constructor(scope: Construct, id: string, props: SingleUserRotationProps) {
    super(scope, id, props, (self) => singleUserPlan(self, props));
  }
}
