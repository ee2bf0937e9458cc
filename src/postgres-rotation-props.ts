import { Duration } from 'aws-cdk-lib';
import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { RotationProps } from './rotation';
import { RotationTarget } from './rotation-target';
import { SecretCreationProps } from './secret-creation-props';

/**
 * Props that rotations of database users have in all strategies: of PostgreSQL, and of another database by
 * `RotationTarget.custom`, which refuses what is PostgreSQL's alone.
 */
export interface PostgresRotationProps extends RotationProps {
  /** The server and database at which the rotation signs in. */
  readonly target: RotationTarget;

  /**
   * The user whose password is rotated; of alternating users, the first. 1 to 63 bytes; with `RotationTarget.custom`, 1 to
   * 512 characters. A secret that names another user is refused by the rotation: where to sign in, and as whom, is
   * configuration, not data.
   */
  readonly username: string;

  /**
   * PostgreSQL only: whether a password that the server stores as an md5 hash may become a SCRAM-SHA-256 verifier, which every rotation
   * stores. Drivers that do not speak SCRAM cannot sign in from then on.
   *
   * With `false` `SingleUserRotation` fails on an md5 hash, before anything changes. A superuser's sign-in does not show
   * how another user's password is stored: `SuperuserRotation` fails on one in the check before its first rotation
   * only, and `AlternatingUsersRotation` does not look.
   *
   * @see https://www.postgresql.org/docs/current/auth-password.html
   * @default false
   */
  readonly upgradeToScram?: boolean;

  /**
   * PostgreSQL only: the certificate authorities that sign for the server, as PEM text. The server's certificate is always verified,
   * its name included. Errors: text without a certificate, with a private key, or with expired certificates only.
   *
   * @default - Amazon RDS's
   */
  readonly certificateAuthority?: string;

  /**
   * What clients find in the secret as host and port, when it is not where the rotation signs in: a proxy, a CNAME.
   *
   * @default - the target's host and port
   */
  readonly clientEndpoint?: Endpoint;
}

/** Props of the strategies in which a superuser sets the password, of a user whose secret may be new. */
export interface PostgresSuperuserRotationProps extends PostgresRotationProps, SecretCreationProps {
  /**
   * The secret of the superuser that sets the password, and creates the user when it does not exist yet. In PostgreSQL it
   * needs `CREATEROLE`, and from PostgreSQL 16 on the `ADMIN OPTION` on users that it did not create.
   *
   * @see https://www.postgresql.org/docs/current/role-attributes.html
   * @default - the target's own secret; where the target has none, the construct refuses
   */
  readonly superuserSecret?: ISecret;

  /**
   * PostgreSQL only: roles that a user gets when the rotation creates it.
   *
   * @default - none
   */
  readonly memberOf?: string[];

  /**
   * PostgreSQL only: how long a password is valid: `VALID UNTIL` is set this far ahead at each rotation. Must be longer than the time
   * between two rotations.
   *
   * @see https://www.postgresql.org/docs/current/sql-alterrole.html
   * @default - `VALID UNTIL` stays as it is
   */
  readonly passwordValidFor?: Duration;
}
