import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PostgresSuperuserRotationProps } from '../postgres-rotation-props';
import { BoundTarget } from './bound-target';
import { newSecretUnlessGiven, RotatedSecret } from './new-secret';
import { refuse } from './refuse';
import { isManagedByRds, isSameSecret } from './secret-reference';
import { SecretCreationProps } from '../secret-creation-props';

/** The secret of a user that changes its own password: nobody would have told the database of a new one. */
export function ownSecret(self: Construct, given: ISecret | undefined, target: BoundTarget): ISecret {
  const secret = given ?? target.secret
    ?? refuse(self, 'there is no secret to rotate: the target has none of its own; set secret, or use SuperuserRotation, which creates the user and its secret');
  if (isManagedByRds(self, secret)) {
    refuse(self, 'RDS manages this secret and rotates it itself; leave out the rotation, or rotate another user with SuperuserRotation or AlternatingUsersRotation');
  }
  return secret;
}

export interface SecretPair extends RotatedSecret {
  readonly superuserSecret: ISecret;
}

/** The secret of a user, new unless given, and that of the superuser who sets the password. */
export function secretPair(
  self: Construct,
  props: PostgresSuperuserRotationProps,
  target: BoundTarget,
  create: (creation: SecretCreationProps) => ISecret,
): SecretPair {
  const superuserSecret = props.superuserSecret ?? target.secret
    ?? refuse(self, 'there is no superuser secret: the target has none of its own; set superuserSecret, or name the secret in the target, or create the database from a DatabaseUserSecret');
  if (props.secret && isSameSecret(self, props.secret, superuserSecret)) {
    refuse(self, 'secret and superuserSecret are the same secret; a superuser that changes its own password is rotated with SingleUserRotation');
  }
  return {
    superuserSecret,
    ...newSecretUnlessGiven(self, props, 'the database learns its password from the first rotation; leave it out, or give the secret of an existing user in secret', create),
  };
}

/** Its username changes at each rotation: the target's own secret is what its database was created with. */
export function refuseTargetsOwnSecret(self: Construct, given: ISecret | undefined, target: BoundTarget): void {
  if (given && target.secret && isSameSecret(self, given, target.secret)) {
    refuse(self, 'the secret is the target\'s own, whose username would change and replace the database; leave out secret for a user of its own, or use SingleUserRotation');
  }
}
