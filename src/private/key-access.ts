import { Stack } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { FrozenSecret } from './frozen-secret';
import { viaSecretsManager } from './permissions';
import { refuse } from './refuse';

/** Writes the key policies, which the user asked for by `grantKeyAccess`. */
export function grantKeyAccess(scope: Construct, role: IRole, secrets: readonly (ISecret | undefined)[]): void {
  const keys = secrets.map(keyOf).filter((key) => key !== undefined);
  new Set(keys).forEach((key) => grant(scope, role, key));
}

function keyOf(secret: ISecret | undefined): IKey | undefined {
  return secret instanceof FrozenSecret ? secret._ownersKey : secret?.encryptionKey;
}

/** The statement cannot name the secret, which cannot exist before its key; the role's own policy does. */
function grant(scope: Construct, role: IRole, key: IKey): void {
  if (Stack.of(key) !== Stack.of(scope)) {
    refuse(scope, `grantKeyAccess cannot change the policy of ${key.node.path} in another stack; allow kms:Decrypt and kms:GenerateDataKey to the function's role there`);
  }
  const { statementAdded } = key.addToResourcePolicy(new PolicyStatement({
    principals: [role],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'], // in a key policy: this key
    conditions: { StringEquals: viaSecretsManager(scope) },
  }), true);
  if (!statementAdded) {
    refuse(scope, `grantKeyAccess cannot change the policy of the imported key ${key.node.path}; allow kms:Decrypt and kms:GenerateDataKey to the function's role there`);
  }
}
