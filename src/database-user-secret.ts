import { createHash } from 'node:crypto';
import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { ReplicaRegion, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { keyConditions } from './private/permissions';
import { checkRoleName } from './private/postgres-names';

/** A logical id has at most 255 characters. */
const LONGEST_READABLE_PART = 240;

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
export class DatabaseUserSecret extends Secret {
  /** @internal The key as its owner has it; `encryptionKey` is a view of it that cannot change its policy. */
  public readonly _ownersKey?: IKey;

  /**
   * @param scope The construct to define the secret in.
   * @param id Id of the secret within the scope.
   * @param props The user, and what the secret is made with.
   */
  constructor(scope: Construct, id: string, props: DatabaseUserSecretProps) {
    const { username, encryptionKey, description, ...rest } = props;
    super(scope, id, {
      ...rest,
      description: description ?? `Password of the database user ${username}`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username }),
        generateStringKey: 'password',
        passwordLength: 32,
        excludePunctuation: true,
        includeSpace: false,
        requireEachIncludedType: true,
      },
      encryptionKey: encryptionKey && ownView(scope, id, encryptionKey),
    });
    checkRoleName(this, 'username', username);
    this._ownersKey = encryptionKey;
    (this.node.defaultChild as CfnResource).overrideLogicalId(logicalId(this, username));
  }

  /**
   * Grants reading the secret; with `encryptionKey` also the use of the key, through Secrets Manager and for this
   * secret only, by the grantee's own policy.
   *
   * @param grantee Who may read the secret.
   * @param versionStages The staging labels of the versions that may be read; all, unless given.
   */
  public override grantRead(grantee: IGrantable, versionStages?: string[]): Grant {
    return this.withKey(super.grantRead(grantee, versionStages), grantee, ['kms:Decrypt']);
  }

  /**
   * Grants writing the secret; with `encryptionKey` also the use of the key, through Secrets Manager and for this
   * secret only, by the grantee's own policy. Who writes the value by hand has to tell the database, too.
   *
   * @param grantee Who may write the secret.
   */
  public override grantWrite(grantee: IGrantable): Grant {
    return this.withKey(super.grantWrite(grantee), grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /** `Secret` grants the use of a key in the key's policy, which is not ours to change. */
  private withKey(grant: Grant, grantee: IGrantable, actions: string[]): Grant {
    if (!this.encryptionKey) return grant;
    return grant.combine(Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.encryptionKey.keyArn],
      conditions: keyConditions(this, this),
    }));
  }
}

/** As CDK makes it from the path beneath the stack, and from the username. */
function logicalId(secret: Construct, username: string): string {
  const { scopes } = secret.node;
  const path = scopes.slice(scopes.indexOf(Stack.of(secret)) + 1).map(({ node }) => node.id);
  const hash = createHash('sha256').update([...path, username].join('\0')).digest('hex').slice(0, 8).toUpperCase();
  return `${path.join('').replace(/[^A-Za-z0-9]/g, '').slice(0, LONGEST_READABLE_PART)}${hash}`;
}

/** Given the key itself, `Secret` writes into its key policy, which belongs to the key's owner. */
function ownView(scope: Construct, id: string, key: IKey): IKey {
  return Key.fromKeyArn(scope, `${id}Key`, key.keyArn);
}
