import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AccessKey } from './user-keys';
import type { IamRotationConfig } from '../../../src/private/rotation-config';
import { CLIENT_SETTINGS, limitsOf, nameOf, outcomeOf } from '../../engine/contract/aws-calls';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/**
 * Asks STS whose key this is, once, and compares. Needs no permission ("GetCallerIdentity", API reference of STS). A client of its own for
 * each call, so that each goes over a new connection: a fresh key becomes known to each of the servers at its own time.
 */
export async function verifyCaller(key: AccessKey, config: IamRotationConfig, invocation: Invocation): Promise<void> {
  const arn = await callerArn(key, config, invocation);
  if (arn !== config.userArn) throw otherPrincipal(key, config, arn);
}

async function callerArn(key: AccessKey, config: IamRotationConfig, { deadline, measurements }: Invocation): Promise<string> {
  // The function's own Region: SDKs of version 3 use the Regional endpoint of STS, which a VPC's interface endpoint serves.
  const client = new STSClient({ ...CLIENT_SETTINGS, credentials: key });
  measurements.signIns++;
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand(), limitsOf(deadline));
    return Arn ?? 'nobody';
  } catch (error: unknown) {
    const failure = signInError(error, key, config);
    if (failure instanceof SignInRefused) measurements.signInsRefused++;
    throw failure;
  } finally {
    client.destroy();
  }
}

/** Without STS's own words, which may quote what was signed. */
function signInError(error: unknown, key: AccessKey, config: IamRotationConfig): RotationError {
  const what = `sts:GetCallerIdentity with ${described(key, config)}`;
  const name = nameOf(error);
  const outcome = outcomeOf(error);
  if (outcome === 'busy') {
    return new NoVerdict('SERVICE_BUSY', `${what} was throttled (${name})`, { remedy: 'Secrets Manager retries the rotation' });
  }
  if (outcome === 'unknown') {
    return new NoVerdict('SERVICE_UNREACHABLE', `${what} brought no answer (${name})`, {
      remedy: 'See that the function reaches STS in its Region at port 443: by a NAT gateway, or by the VPC\'s interface endpoint com.amazonaws.<Region>.sts',
    });
  }
  if (/^(AccessDenied|RegionDisabled)/.test(name)) return notLetThrough(what, name);
  return new SignInRefused(config.userName, `${what} was refused (${name})`, {
    remedy: 'A new key may take a minute to be known everywhere. If it lasts, see whether the key was deactivated or deleted: aws iam list-access-keys',
  });
}

/** The key was recognised; or nobody looked at it. */
function notLetThrough(what: string, name: string): RotationError {
  return new RotationError('PERMISSION_DENIED', `${what} was denied (${name})`, {
    remedy: 'The call needs no permission of the user\'s: the policy of the VPC\'s interface endpoint for STS must allow sts:GetCallerIdentity to this user, and STS must be active in the Region',
  });
}

function otherPrincipal(key: AccessKey, config: IamRotationConfig, arn: string): RotationError {
  return new RotationError('VERIFICATION_FAILED', `${described(key, config)} is one of ${arn}, not of ${config.userArn}`, {
    remedy: 'See who wrote the secret. If both are the same user, its path is missing: import it by User.fromUserArn or User.fromUserAttributes, with the path',
  });
}

/** An id of an access key is no secret. */
function described({ accessKeyId }: AccessKey, { userName }: IamRotationConfig): string {
  return `the access key ${accessKeyId} of the user ${userName}`;
}
