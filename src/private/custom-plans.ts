import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AlternatingUsersRotationProps } from '../alternating-users-rotation-props';
import { PostgresRotationProps, PostgresSuperuserRotationProps } from '../postgres-rotation-props';
import { SingleUserRotationProps } from '../single-user-rotation-props';
import { SuperuserRotationProps } from '../superuser-rotation-props';
import { CustomTarget } from './bound-target';
import { endpointConfig } from './endpoints';
import { NewSecret } from './frozen-secret';
import { brief, checkPlainName, plainTwinOf } from './names';
import { passwordPolicyConfig } from './password-rules';
import { refuse } from './refuse';
import { RotationPlan } from './rotation-base';
import { CustomRotationConfig } from './rotation-config';
import { ownSecret, refuseTargetsOwnSecret, SecretPair, secretPair } from './secret-pair';

/** Props that only PostgreSQL has a meaning for, of all three strategies. */
const POSTGRES_ONLY = [
  'certificateAuthority', 'handOver', 'memberOf', 'onDrift', 'ownerRole', 'passwordValidFor', 'upgradeToScram', 'verifyEndpoints',
] as const;

type PostgresOnlyProps = { readonly [Name in typeof POSTGRES_ONLY[number]]?: unknown };

interface CustomPlan extends RotationPlan {
  readonly config: CustomRotationConfig;
}

export function customSingleUserPlan(self: Construct, props: SingleUserRotationProps, target: CustomTarget): CustomPlan {
  checkProps(self, props);
  return {
    ...commonPlan(target),
    secret: ownSecret(self, props.secret, target),
    createsSecret: false,
    handler: 'single-user-custom',
    description: `Rotates the password of the user ${brief(props.username)}, changed by itself`,
    alternates: false,
    config: { ...config(self, props, target), cutover: props.cutover },
  };
}

export function customSuperuserPlan(self: Construct, props: SuperuserRotationProps, target: CustomTarget): CustomPlan {
  checkProps(self, props);
  const secrets = pair(self, props, target);
  return {
    ...commonPlan(target),
    ...secrets,
    handler: 'superuser-custom',
    description: `Rotates the password of the user ${brief(props.username)}, changed by a superuser`,
    alternates: false,
    config: { ...config(self, props, target, secrets.superuserSecret), cutover: props.cutover },
  };
}

export function customAlternatingUsersPlan(self: Construct, props: AlternatingUsersRotationProps, target: CustomTarget): CustomPlan {
  checkProps(self, props);
  const alternateUsername = plainTwinOf(self, props.username, props.alternateUsername);
  refuseTargetsOwnSecret(self, props.secret, target);
  const secrets = pair(self, props, target);
  return {
    ...commonPlan(target),
    ...secrets,
    handler: 'alternating-users-custom',
    description: `Rotates between the users ${brief(props.username)} and ${brief(alternateUsername)}`,
    alternates: true,
    config: { ...config(self, props, target, secrets.superuserSecret), alternateUsername },
  };
}

function checkProps(self: Construct, props: PostgresRotationProps & PostgresOnlyProps): void {
  const superfluous = POSTGRES_ONLY.filter((name) => props[name] !== undefined);
  if (superfluous.length > 0) {
    refuse(self, `${superfluous.join(', ')} given for RotationTarget.custom, which is for PostgreSQL only; leave it out, the service of your own decides`);
  }
  checkPlainName(self, 'username', props.username);
}

function commonPlan({ reach, custom }: CustomTarget): Pick<RotationPlan, 'reach' | 'files' | 'environment' | 'statements'> {
  return { reach, files: { service: custom.entry }, environment: custom.environment, statements: custom.statements };
}

function pair(self: Construct, props: PostgresSuperuserRotationProps, target: CustomTarget): SecretPair {
  const { username } = props;
  return secretPair(self, props, target, (creation) => new NewSecret(self, 'Secret', {
    ...creation,
    description: creation.description ?? `Password of the user ${username}`,
    firstValue: { username, identity: [username] },
  }));
}

function config(self: Construct, props: PostgresRotationProps, { host, port }: CustomTarget, superuserSecret?: ISecret): CustomRotationConfig {
  return {
    service: 'custom',
    host,
    port,
    username: props.username,
    passwordPolicy: passwordPolicyConfig(self, props.passwordPolicy),
    superuserSecretArn: superuserSecret?.secretArn, // GetSecretValue takes a partial ARN, and no pattern
    clientEndpoint: props.clientEndpoint && endpointConfig(props.clientEndpoint),
  };
}
