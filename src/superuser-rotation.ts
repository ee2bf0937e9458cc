import { Construct } from 'constructs';
import { RotationBase } from './private/rotation-base';
import { superuserPlan } from './private/user-plans';
import { SuperuserRotationProps } from './superuser-rotation-props';

/**
 * Rotates the password of one PostgreSQL user, changed by a superuser; not CDK's multi-user rotation, which is
 * `AlternatingUsersRotation`. Of another database's user, by `RotationTarget.custom`.
 *
 * For users that may not change their own password, and for users that do not exist yet: the first rotation creates
 * them. In a short window at each rotation new sign-ins with the old password fail: clients retry with backoff and
 * jitter. `metricRefusalWindow` tells how long it was.
 *
 * Errors: no superuser secret, a superuser secret that is the secret itself, and what all rotations refuse.
 */
export class SuperuserRotation extends RotationBase {
  /**
   * @param scope The construct to define the rotation in.
   * @param id Id of the rotation within the scope.
   * @param props What is rotated, where, by whom, and when.
   */
  constructor(scope: Construct, id: string, props: SuperuserRotationProps) {
    super(scope, id, props, (self) => superuserPlan(self, props));
  }
}
