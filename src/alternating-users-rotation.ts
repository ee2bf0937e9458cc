import { Construct } from 'constructs';
import { AlternatingUsersRotationProps } from './alternating-users-rotation-props';
import { RotationBase } from './private/rotation-base';
import { alternatingUsersPlan } from './private/user-plans';

/**
 * Rotates between two PostgreSQL users, set by a superuser: CDK's `addRotationMultiUser`, with users that are equal. Between
 * those of another database, by `RotationTarget.custom`.
 *
 * Each rotation sets a new password for the user that is not in use and promotes it. No sign-in is refused to clients
 * whose copy of the secret is younger than the time between two rotations. The secret's `username` changes at each
 * rotation. Users that do not exist yet are created by the first rotation.
 *
 * Errors: no superuser secret, the target's own secret as the secret, a second user's name that is too long, and what
 * all rotations refuse. At synthesis: an RDS Proxy that registers the secret, and a dynamic reference to its `username`.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html#rotating-secrets-two-users
 */
export class AlternatingUsersRotation extends RotationBase {
  /**
   * @param scope The construct to define the rotation in.
   * @param id Id of the rotation within the scope.
   * @param props What is rotated, where, by whom, and when.
   */
  constructor(scope: Construct, id: string, props: AlternatingUsersRotationProps) {
    super(scope, id, props, (self) => alternatingUsersPlan(self, props));
  }
}
