import { Duration } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AlternatingUsersRotationProps } from '../alternating-users-rotation-props';
import { DatabaseUserSecret } from '../database-user-secret';
import { PostgresRotationProps, PostgresSuperuserRotationProps } from '../postgres-rotation-props';
import { RotationRules } from '../rotation-rules';
import { SingleUserRotationProps } from '../single-user-rotation-props';
import { SuperuserRotationProps } from '../superuser-rotation-props';
import { PostgresTarget } from './bound-target';
import { checkCertificateAuthority } from './certificate-authority';
import { endpointConfig } from './endpoints';
import { passwordPolicyConfig } from './password-rules';
import { checkDistinct, checkName, checkRoleName, twinOf } from './postgres-names';
import { refuse } from './refuse';
import { DEFAULT_INTERVAL, RotationPlan } from './rotation-base';
import { EndpointConfig, PostgresRotationConfig } from './rotation-config';
import { ownSecret, refuseTargetsOwnSecret, SecretPair, secretPair } from './secret-pair';

interface PostgresPlan extends RotationPlan {
  readonly config: PostgresRotationConfig;
}

export function postgresSingleUserPlan(self: Construct, props: SingleUserRotationProps, target: PostgresTarget): PostgresPlan {
  return {
    secret: ownSecret(self, props.secret, target),
    ...commonPlan(self, props, target),
    handler: 'single-user-postgres',
    description: `Rotates the password of the PostgreSQL user ${props.username}, changed by itself`,
    createsSecret: false,
    alternates: false,
    config: { ...commonConfig(self, props, target), cutover: props.cutover },
  };
}

export function postgresSuperuserPlan(self: Construct, props: SuperuserRotationProps, target: PostgresTarget): PostgresPlan {
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

export function postgresAlternatingUsersPlan(self: Construct, props: AlternatingUsersRotationProps, target: PostgresTarget): PostgresPlan {
  const names = alternatingNames(self, props);
  refuseTargetsOwnSecret(self, props.secret, target);
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

function furtherEndpoints({ verifyEndpoints = [] }: AlternatingUsersRotationProps, { readers }: PostgresTarget): EndpointConfig[] | undefined {
  const endpoints = [...readers, ...verifyEndpoints].map(endpointConfig);
  return endpoints.length > 0 ? endpoints : undefined;
}

function commonPlan(self: Construct, props: PostgresRotationProps, target: PostgresTarget): Pick<RotationPlan, 'reach' | 'files'> {
  checkRoleName(self, 'username', props.username);
  checkName(self, 'databaseName', target.databaseName);
  if (props.certificateAuthority !== undefined) checkCertificateAuthority(self, props.certificateAuthority);
  return { reach: target.reach, files: { certificateAuthority: props.certificateAuthority } };
}

function commonConfig(self: Construct, props: PostgresRotationProps, target: PostgresTarget): PostgresRotationConfig {
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
  target: PostgresTarget,
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

function superuserSecrets(self: Construct, props: PostgresSuperuserRotationProps, target: PostgresTarget): SecretPair {
  const { username, memberOf = [] } = props;
  checkRoleName(self, 'username', username);
  for (const role of memberOf) {
    checkName(self, 'memberOf', role);
    checkDistinct(self, 'memberOf', role, [username]);
  }
  return secretPair(self, props, target, (creation) => new DatabaseUserSecret(self, 'Secret', { ...creation, username }));
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
