import { RemovalPolicy } from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ReplicaRegion } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { FrozenSecret } from './private/frozen-secret';
import { checkRoleName } from './private/postgres-names';

/** Props of {@link DatabaseUserSecret}. */
export interface DatabaseUserSecretProps {
  /** The user whose password the secret holds. A changed name makes a new secret. 1 to 63 bytes. */
  readonly username: string;

  /**
   * Name of the secret.
   *
   * @default - CloudFormation makes one
   */
  readonly secretName?: string;

  /**
   * Description of the secret.
   *
   * @default - names the user
   */
  readonly description?: string;

  /**
   * The key that encrypts the secret. Its key policy is not changed: it must leave access to IAM, as a key's
   * default policy does.
   *
   * @default - the account's key `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey;

  /**
   * What happens to the secret when the construct is removed.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Regions that get a replica of the secret.
   *
   * @default - none
   */
  readonly replicaRegions?: ReplicaRegion[];
}

/**
 * The secret of a database user, with a first password that no update of the stack replaces.
 *
 * For a fresh database: first this secret, then the database from it
 * (`credentials: rds.Credentials.fromSecret(secret)`), then the rotations.
 *
 * What CloudFormation generates depends on the username alone, and the username is part of the logical id: another
 * user is another secret, and every other change leaves the value alone (https://github.com/aws/aws-cdk/issues/19985).
 */
export class DatabaseUserSecret extends FrozenSecret {
  /**
   * @param scope The construct to define the secret in.
   * @param id Id of the secret within the scope.
   * @param props The user, and what the secret is made with.
   */
  constructor(scope: Construct, id: string, props: DatabaseUserSecretProps) {
    const { username, description, ...rest } = props;
    super(scope, id, {
      ...rest,
      description: description ?? `Password of the database user ${username}`,
      firstValue: { username, identity: [username] },
    });
    checkRoleName(this, 'username', username);
  }
}
