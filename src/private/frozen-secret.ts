import { createHash } from 'node:crypto';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret, SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { keyConditions } from './permissions';
import { SecretCreationProps } from '../secret-creation-props';

/** A logical id has at most 255 characters. */
const LONGEST_READABLE_PART = 240;

/** What a new secret holds until its first rotation. */
export interface FirstValue {
  /**
   * The user whose password is drawn, where the rotation chooses it. Without one the value is an empty object: a credential that its service makes
   * up has none yet, and whatever stood in its place would stay beside it, since rotations keep members that they do not know.
   */
  readonly username?: string;
  /** Whose secret it is, as far as it is known at synthesis: another one is another secret. */
  readonly identity: readonly string[];
}

export interface FrozenSecretProps extends SecretCreationProps {
  readonly firstValue: FirstValue;
}

/**
 * A secret with a first value that no update of the stack replaces: CloudFormation makes a new version only when the generator or the string of a
 * resource changes (https://github.com/aws/aws-cdk/issues/19985), so both are constant, or their one input is part of the logical id.
 *
 * @internal jsii lifts its members into `DatabaseUserSecret`.
 */
export abstract class FrozenSecret extends Secret {
  /** @internal The key as its owner has it; `encryptionKey` is a view of it that cannot change its policy. */
  public readonly _ownersKey?: IKey;

  protected constructor(scope: Construct, id: string, props: FrozenSecretProps) {
    const { firstValue, encryptionKey, ...rest } = props;
    super(scope, id, {
      ...rest,
      ...valueProps(firstValue),
      encryptionKey: encryptionKey && ownView(scope, id, encryptionKey),
    });
    this._ownersKey = encryptionKey;
    (this.node.defaultChild as CfnResource).overrideLogicalId(logicalId(this, firstValue.identity));
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
   * secret only, by the grantee's own policy. Who writes the value by hand has to tell the service, too.
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

/** The secret that a rotation creates, of whatever its service rotates. */
export class NewSecret extends FrozenSecret {
  public constructor(scope: Construct, id: string, props: FrozenSecretProps) {
    super(scope, id, props);
  }
}

function valueProps({ username }: FirstValue): Pick<SecretProps, 'generateSecretString' | 'secretObjectValue'> {
  if (username === undefined) return { secretObjectValue: {} };
  return {
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: 'password',
      passwordLength: 32,
      excludePunctuation: true,
      includeSpace: false,
      requireEachIncludedType: true,
    },
  };
}

/** As CDK makes it from the path beneath the stack, and from whose secret it is. */
function logicalId(secret: Construct, identity: readonly string[]): string {
  const { scopes } = secret.node;
  const path = scopes.slice(scopes.indexOf(Stack.of(secret)) + 1).map(({ node }) => node.id);
  const hash = createHash('sha256').update([...path, ...identity].join('\0')).digest('hex').slice(0, 8).toUpperCase();
  return `${path.join('').replace(/[^A-Za-z0-9]/g, '').slice(0, LONGEST_READABLE_PART)}${hash}`;
}

/** Given the key itself, `Secret` writes into its key policy, which belongs to the key's owner. */
function ownView(scope: Construct, id: string, key: IKey): IKey {
  return Key.fromKeyArn(scope, `${id}Key`, key.keyArn);
}
