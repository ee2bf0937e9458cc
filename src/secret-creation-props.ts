import { RemovalPolicy } from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ReplicaRegion } from 'aws-cdk-lib/aws-secretsmanager';

/** What a rotation makes a new secret with; not together with `secret`, which has all of this already. */
export interface SecretCreationProps {
  /**
   * Name of the secret that the construct creates. Not together with `secret`.
   *
   * @default - CloudFormation makes one
   */
  readonly secretName?: string;

  /**
   * Description of the secret that the construct creates. Not together with `secret`.
   *
   * @default - names the user
   */
  readonly description?: string;

  /**
   * The key that encrypts the secret that the construct creates. Its key policy is not changed. Not together with `secret`.
   *
   * @default - the account's key `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey;

  /**
   * What happens to the secret that the construct creates, and to its schedule, when the construct is removed. Not
   * together with `secret`.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Regions that get a replica of the secret that the construct creates. Not together with `secret`.
   *
   * @default - none
   */
  readonly replicaRegions?: ReplicaRegion[];
}
