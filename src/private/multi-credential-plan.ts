import { Duration } from 'aws-cdk-lib';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { MultiCredentialRotationProps } from '../multi-credential-rotation-props';
import { BoundCredential } from './bound-credential';
import { NewSecret } from './frozen-secret';
import { newSecretUnlessGiven, RotatedSecret } from './new-secret';
import { passwordPolicyConfig } from './password-rules';
import { refuse } from './refuse';
import { DEFAULT_INTERVAL, RotationPlan } from './rotation-base';
import { MultiCredentialConfig } from './rotation-config';
import { isSameSecret } from './secret-reference';

const DEFAULT_GRACE = Duration.days(1);
const DEFAULT_MAX_WAIT = Duration.days(90);

/** Props that retire issued credentials; chosen ones are retired by the rotation that makes the service forget them. */
const RETIREMENT = ['grace', 'maxWait', 'deactivateAfter'] as const;

export function multiCredentialPlan(self: Construct, props: MultiCredentialRotationProps): RotationPlan {
  const credential = props.service._bind(self);
  checkProps(self, props, credential);
  const { service, what, reach, statements, environment, files, alternates } = credential;
  return {
    handler: `multi-credential-${service}`,
    description: `Rotates ${what}, two at once`,
    ...rotatedSecret(self, props, credential),
    superuserSecret: props.superuserSecret,
    reach,
    statements,
    environment,
    files,
    alternates,
    insteadOfUsername: 'read the whole secret where it is used',
    config: { ...credential.config, ...config(self, props, credential) },
  };
}

function checkProps(self: Construct, props: MultiCredentialRotationProps, { service, family, takesSuperuser }: BoundCredential): void {
  const retirement = RETIREMENT.filter((name) => props[name] !== undefined);
  if (family === 'chosen' && retirement.length > 0) {
    refuse(self, `${retirement.join(', ')} given for ${service}, where each rotation ends the credential before the current one; leave it out`);
  }
  if (family === 'issued' && props.passwordPolicy !== undefined) {
    refuse(self, `passwordPolicy given for ${service}, where AWS makes up the credential; leave it out`);
  }
  if (props.superuserSecret && !takesSuperuser) {
    refuse(self, `superuserSecret given for ${service}, where the function's role changes the credential; leave it out`);
  }
  if (props.superuserSecret && props.secret && isSameSecret(self, props.secret, props.superuserSecret)) {
    refuse(self, 'secret and superuserSecret are the same secret; leave out superuserSecret for a credential that changes itself');
  }
}

function rotatedSecret(self: Construct, props: MultiCredentialRotationProps, { what, firstValue }: BoundCredential): RotatedSecret {
  const remedy = 'the service learns of it, or fills it, in the first rotation; leave it out, or give the secret of a credential in use in secret';
  return newSecretUnlessGiven(self, props, remedy, (creation) => new NewSecret(self, 'Secret', {
    ...creation,
    description: creation.description ?? capitalized(what),
    firstValue,
  }));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function config(self: Construct, props: MultiCredentialRotationProps, credential: BoundCredential): MultiCredentialConfig {
  return {
    service: credential.service,
    passwordPolicy: passwordPolicyConfig(self, props.passwordPolicy, credential.leastPasswordLength),
    superuserSecretArn: superuserArn(props.superuserSecret),
    ...(credential.family === 'chosen' ? {} : retirementConfig(self, props)),
  };
}

function superuserArn(secret: ISecret | undefined): string | undefined {
  return secret?.secretArn; // GetSecretValue takes a partial ARN, and no pattern
}

function retirementConfig(
  self: Construct,
  { grace = DEFAULT_GRACE, maxWait = DEFAULT_MAX_WAIT, deactivateAfter, rotationRules }: MultiCredentialRotationProps,
): Pick<MultiCredentialConfig, 'graceSeconds' | 'maxWaitSeconds' | 'deactivateAfterSeconds'> {
  const graceSeconds = wholeSeconds(self, 'grace', grace);
  const maxWaitSeconds = wholeSeconds(self, 'maxWait', maxWait);
  if (graceSeconds > maxWaitSeconds) {
    refuse(self, `grace must be at most maxWait, got ${grace.toHumanString()} and ${maxWait.toHumanString()}; shorten grace, or lengthen maxWait`);
  }
  const deactivateAfterSeconds = deactivateAfter && wholeSeconds(self, 'deactivateAfter', deactivateAfter);
  const interval = rotationRules === undefined ? DEFAULT_INTERVAL : rotationRules._interval;
  if (deactivateAfter && interval && deactivateAfterSeconds !== undefined && deactivateAfterSeconds >= interval.toSeconds()) {
    refuse(self, `deactivateAfter must be shorter than the time between two rotations, got ${deactivateAfter.toHumanString()} and ${interval.toHumanString()}; shorten it, or leave it out: the next rotation retires the credential`);
  }
  return { graceSeconds, maxWaitSeconds, deactivateAfterSeconds };
}

function wholeSeconds(self: Construct, name: string, duration: Duration): number {
  if (duration.isUnresolved()) refuse(self, `${name} must be known at synthesis, got a token; write it as a literal Duration`);
  const seconds = duration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds <= 0) refuse(self, `${name} must be whole seconds, at least one, got ${duration.toHumanString()}`);
  return seconds;
}
