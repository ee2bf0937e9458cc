import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { OnDrift } from './on-drift';
import { PostgresSuperuserRotationProps } from './postgres-rotation-props';

/** Props of {@link AlternatingUsersRotation}. */
export interface AlternatingUsersRotationProps extends PostgresSuperuserRotationProps {
  /**
   * The second of the two users. 1 to 63 bytes; with `RotationTarget.custom`, 1 to 512 characters.
   *
   * @default - `username` with `_clone` appended, as AWS's rotation function has it
   */
  readonly alternateUsername?: string;

  /**
   * PostgreSQL only: a role that cannot sign in, as which both users act: it owns what either creates. Recommended for new databases.
   * The rotation creates it when it does not exist. In a database in use, what the users themselves own or were granted
   * fails the rotation before promotion, until it is the role's.
   *
   * @see https://www.postgresql.org/docs/current/sql-set-role.html
   * @default - the second user acts as the first
   */
  readonly ownerRole?: string;

  /**
   * PostgreSQL only: what to do when the two users are not set up alike.
   *
   * @default OnDrift.FAIL
   */
  readonly onDrift?: OnDrift;

  /**
   * PostgreSQL only: whether objects that the second user owns, because AWS's rotation function let it create them, are handed over to
   * the role that both users act as. Each table is locked for a moment. With `false` a rotation fails when there are any.
   *
   * @default false
   */
  readonly handOver?: boolean;

  /**
   * PostgreSQL only: further endpoints, such as those of readers, that must accept the new password before it is promoted. The
   * function's way to one with another security group is yours to open: `rotation.connections.allowToDefaultPort(replica)`.
   *
   * @default - none but what the target names
   */
  readonly verifyEndpoints?: Endpoint[];
}
