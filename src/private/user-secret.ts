import { RemovalPolicy } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DatabaseUserSecret } from '../database-user-secret';
import { PostgresSuperuserRotationProps } from '../postgres-rotation-props';
import { refuse } from './refuse';

const CREATION_PROPS = ['secretName', 'description', 'encryptionKey', 'removalPolicy', 'replicaRegions'] as const;

interface UserSecret {
  readonly secret: ISecret;
  readonly createsSecret: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

/** The secret of the user: the one given, or a new one, which the first rotation tells the database. */
export function userSecret(self: Construct, props: PostgresSuperuserRotationProps): UserSecret {
  if (props.secret) return givenSecret(self, props.secret, props);
  if (props.rotateImmediatelyOnUpdate === false) {
    refuse(self, 'rotateImmediatelyOnUpdate is false, but the secret is new: the database learns its password from the first rotation; leave it out, or give the secret of an existing user in secret');
  }
  const { username, secretName, description, encryptionKey, removalPolicy, replicaRegions } = props;
  const secret = new DatabaseUserSecret(self, 'Secret', { username, secretName, description, encryptionKey, removalPolicy, replicaRegions });
  return { secret, createsSecret: true, removalPolicy };
}

function givenSecret(self: Construct, secret: ISecret, props: PostgresSuperuserRotationProps): UserSecret {
  const superfluous = CREATION_PROPS.filter((name) => props[name] !== undefined);
  if (superfluous.length > 0) {
    refuse(self, `${superfluous.join(', ')} given together with secret; set it where the secret is defined, or leave out secret to have one created`);
  }
  return { secret, createsSecret: false };
}
