import { RemovalPolicy } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SecretCreationProps } from '../secret-creation-props';
import { refuse } from './refuse';

const CREATION_PROPS = ['secretName', 'description', 'encryptionKey', 'removalPolicy', 'replicaRegions'] as const;

export interface RotatedSecret {
  readonly secret: ISecret;
  readonly createsSecret: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

interface SecretProps extends SecretCreationProps {
  readonly secret?: ISecret;
  readonly rotateImmediatelyOnUpdate?: boolean;
}

/** The secret given, or a new one, which is of no use before its first rotation. `remedy` says why, and what to do. */
export function newSecretUnlessGiven(
  self: Construct,
  props: SecretProps,
  remedy: string,
  create: (creation: SecretCreationProps) => ISecret,
): RotatedSecret {
  if (props.secret) return givenSecret(self, props.secret, props);
  if (props.rotateImmediatelyOnUpdate === false) refuse(self, `rotateImmediatelyOnUpdate is false, but the secret is new: ${remedy}`);
  const { secretName, description, encryptionKey, removalPolicy, replicaRegions } = props;
  return { secret: create({ secretName, description, encryptionKey, removalPolicy, replicaRegions }), createsSecret: true, removalPolicy };
}

function givenSecret(self: Construct, secret: ISecret, props: SecretProps): RotatedSecret {
  const superfluous = CREATION_PROPS.filter((name) => props[name] !== undefined);
  if (superfluous.length > 0) {
    refuse(self, `${superfluous.join(', ')} given together with secret; set it where the secret is defined, or leave out secret to have one created`);
  }
  return { secret, createsSecret: false };
}
