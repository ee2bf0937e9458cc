import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { OnDrift } from './on-drift';
import { PostgresSuperuserRotationProps } from './postgres-rotation-props';
import { alternatingUsersPlan } from './private/postgres-plans';
import { RotationBase } from './private/rotation-base';

/** Props of {@link AlternatingUsersRotation}. */
export interface AlternatingUsersRotationProps extends PostgresSuperuserRotationProps {
  /**
   * The second of the two users. 1 to 63 bytes.
   *
   * @default - `username` with `_clone` appended, as AWS's rotation function has it
   */
  readonly alternateUsername?: string;

  /**
   * A role that cannot sign in, as which both users act: it owns what either creates. Recommended for new databases.
   * The rotation creates it when it does not exist.
   *
   * @see https://www.postgresql.org/docs/current/sql-set-role.html
   * @default - the second user acts as the first
   */
  readonly ownerRole?: string;

  /**
   * What to do when the two users are not set up alike.
   *
   * @default OnDrift.FAIL
   */
  readonly onDrift?: OnDrift;

  /**
   * Whether objects that the second user owns, because AWS's rotation function let it create them, are handed over to
   * the role that both users act as. Each table is locked for a moment. With `false` a rotation fails when there are any.
   *
   * @default false
   */
  readonly handOver?: boolean;

  /**
   * Further endpoints, such as those of readers, that must accept the new password before it is promoted.
   *
   * @default - none but what the target names
   */
  readonly verifyEndpoints?: Endpoint[];
}

/**
 * Rotates between two PostgreSQL users, set by a superuser: CDK's `addRotationMultiUser`, with users that are equal.
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
