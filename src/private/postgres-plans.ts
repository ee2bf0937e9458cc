import { Duration } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AlternatingUsersRotationProps } from '../alternating-users-rotation-props';
import { PostgresRotationProps, PostgresSuperuserRotationProps } from '../postgres-rotation-props';
import { RotationRules } from '../rotation-rules';
import { SingleUserRotationProps } from '../single-user-rotation-props';
import { SuperuserRotationProps } from '../superuser-rotation-props';
import { BoundTarget } from './bound-target';
import { checkCertificateAuthority } from './certificate-authority';
import { passwordPolicyConfig } from './password-rules';
import { checkDistinct, checkName, checkRoleName, twinOf } from './postgres-names';
import { refuse } from './refuse';
import { DEFAULT_INTERVAL, RotationPlan } from './rotation-base';
import { EndpointConfig, PostgresRotationConfig } from './rotation-config';
import { isManagedByRds, secretIdentity } from './secret-reference';
import { userSecret } from './user-secret';

interface PostgresPlan extends RotationPlan {
  readonly config: PostgresRotationConfig;
}

/** `SingleUserRotation`: the user's own secret, which exists and which the database knows. */
export function singleUserPlan(self: Construct, props: SingleUserRotationProps): PostgresPlan {
  const target = props.target._bind(self);
  const secret = props.secret ?? target.secret
    ?? refuse(self, 'there is no secret to rotate: the target has none of its own; set secret, or use SuperuserRotation, which creates the user and its secret');
  if (isManagedByRds(self, secret)) {
    refuse(self, 'RDS manages this secret and rotates it itself; leave out the rotation, or rotate another user with SuperuserRotation or AlternatingUsersRotation');
  }
  return {
    ...commonPlan(self, props, target),
    handler: 'single-user-postgres',
    description: `Rotates the password of the PostgreSQL user ${props.username}, changed by itself`,
    secret,
    createsSecret: false,
    alternates: false,
    config: { ...commonConfig(self, props, target), cutover: props.cutover },
  };
}

/** `SuperuserRotation`: the user's secret, new unless given, and the superuser's. */
export function superuserPlan(self: Construct, props: SuperuserRotationProps): PostgresPlan {
  const target = props.target._bind(self);
  const secrets = superuserSecrets(self, props, target);
  return {
    ...commonPlan(self, props, target),
    ...secrets,
    handler: 'superuser-postgres',
    description: `Rotates the password of the PostgreSQL user ${props.username}, changed by a superuser`,
    alternates: false,
    config: { ...superuserConfig(self, props, target, secrets.superuserSecret), cutover: props.cutover },
  };
}

/** `AlternatingUsersRotation`: the secret of the user in use, new unless given, and the superuser's. */
export function alternatingUsersPlan(self: Construct, props: AlternatingUsersRotationProps): PostgresPlan {
  const target = props.target._bind(self);
  const names = alternatingNames(self, props);
  if (props.secret && target.secret && isSame(self, props.secret, target.secret)) {
    refuse(self, 'the secret is the target\'s own, whose username would change and replace the database; leave out secret for a user of its own, or use SingleUserRotation');
  }
  const secrets = superuserSecrets(self, props, target);
  return {
    ...commonPlan(self, props, target),
    ...secrets,
    handler: 'alternating-users-postgres',
    description: `Rotates between the PostgreSQL users ${props.username} and ${names.alternateUsername}`,
    alternates: true,
    config: {
      ...superuserConfig(self, props, target, secrets.superuserSecret),
      ...names,
      onDrift: props.onDrift,
      handOver: props.handOver,
      verifyEndpoints: furtherEndpoints(props, target),
    },
  };
}

function furtherEndpoints({ verifyEndpoints = [] }: AlternatingUsersRotationProps, { readers }: BoundTarget): EndpointConfig[] | undefined {
  const endpoints = [...readers, ...verifyEndpoints].map(endpointConfig);
  return endpoints.length > 0 ? endpoints : undefined;
}

function commonPlan(self: Construct, props: PostgresRotationProps, target: BoundTarget): Pick<RotationPlan, 'target' | 'certificateAuthority'> {
  checkRoleName(self, 'username', props.username);
  checkName(self, 'databaseName', target.databaseName);
  if (props.certificateAuthority !== undefined) checkCertificateAuthority(self, props.certificateAuthority);
  return { target, certificateAuthority: props.certificateAuthority };
}

function commonConfig(self: Construct, props: PostgresRotationProps, target: BoundTarget): PostgresRotationConfig {
  return {
    host: target.host,
    port: target.port,
    databaseName: target.databaseName,
    username: props.username,
    passwordPolicy: passwordPolicyConfig(self, props.passwordPolicy),
    upgradeToScram: props.upgradeToScram,
    clientEndpoint: props.clientEndpoint && endpointConfig(props.clientEndpoint),
    ...(props.certificateAuthority !== undefined ? { customCertificateAuthority: true } : {}),
  };
}

function superuserConfig(
  self: Construct,
  props: PostgresSuperuserRotationProps,
  target: BoundTarget,
  superuserSecret: ISecret,
): PostgresRotationConfig {
  return {
    ...commonConfig(self, props, target),
    superuserSecretArn: superuserSecret.secretArn, // GetSecretValue takes a partial ARN, and no pattern
    memberOf: props.memberOf,
    passwordValidForSeconds: props.passwordValidFor && validFor(self, props.passwordValidFor, props.rotationRules),
  };
}

/** A password that expires before the next rotation locks its user out. */
function validFor(self: Construct, duration: Duration, rules: RotationRules | undefined): number {
  const interval = rules === undefined ? DEFAULT_INTERVAL : rules._interval;
  const seconds = duration.toSeconds();
  if (seconds <= (interval?.toSeconds() ?? 0)) {
    refuse(self, `passwordValidFor must be longer than the time between two rotations, got ${duration.toHumanString()} and ${interval?.toHumanString() ?? 'no interval'}; lengthen it, or rotate more often`);
  }
  return seconds;
}

interface SuperuserSecrets extends Pick<RotationPlan, 'secret' | 'createsSecret' | 'removalPolicy'> {
  readonly superuserSecret: ISecret;
}

function superuserSecrets(self: Construct, props: PostgresSuperuserRotationProps, target: BoundTarget): SuperuserSecrets {
  checkRoleName(self, 'username', props.username);
  for (const role of props.memberOf ?? []) {
    checkName(self, 'memberOf', role);
    checkDistinct(self, 'memberOf', role, [props.username]);
  }
  const superuserSecret = props.superuserSecret ?? target.secret
    ?? refuse(self, 'there is no superuser secret: the target has none of its own; set superuserSecret, or name the secret in the target, or create the database from a DatabaseUserSecret');
  if (props.secret && isSame(self, props.secret, superuserSecret)) {
    refuse(self, 'secret and superuserSecret are the same secret; a superuser that changes its own password is rotated with SingleUserRotation');
  }
  return { superuserSecret, ...userSecret(self, props) };
}

interface AlternatingNames extends Pick<PostgresRotationConfig, 'ownerRole'> {
  readonly alternateUsername: string;
}

function alternatingNames(self: Construct, props: AlternatingUsersRotationProps): AlternatingNames {
  const { username, ownerRole, memberOf = [] } = props;
  checkRoleName(self, 'username', username);
  const alternateUsername = twinOf(self, username, props.alternateUsername);
  if (ownerRole !== undefined) {
    checkRoleName(self, 'ownerRole', ownerRole);
    checkDistinct(self, 'ownerRole', ownerRole, [username, alternateUsername]);
  }
  memberOf.forEach((role) => checkDistinct(self, 'memberOf', role, [username, alternateUsername]));
  return { alternateUsername, ownerRole };
}

function isSame(scope: Construct, one: ISecret, other: ISecret): boolean {
  return secretIdentity(scope, one.secretArn) === secretIdentity(scope, other.secretArn);
}

function endpointConfig({ hostname, port }: { readonly hostname: string; readonly port: number }): EndpointConfig {
  return { host: hostname, port };
}
