import { exists, limitExceeded } from './errors';
import { Secret, SecretValue } from './secret';
import { sameValue } from './secret-values';

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html: labels attached across all versions of a secret */
const MOST_LABELS = 20;

export interface VersionRequest {
  readonly token: string;
  readonly value: SecretValue;
  /** Without, the version takes AWSCURRENT. */
  readonly stages?: readonly string[];
  readonly at: Date;
  readonly repeatedPut: 'attachLabels' | 'ignore';
  /** Told before a version with a new id is added. */
  readonly onNewVersion: () => void;
}

/** PutSecretValue's rules: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export function putVersion(secret: Secret, request: VersionRequest): void {
  const { token, value } = request;
  const stages = stagesFor(secret, request);
  checkLabelLimit(secret, stages);
  const version = secret.versions.get(token);
  if (version?.value !== undefined) {
    repeat(secret, request, version.value);
    return;
  }
  if (version === undefined) {
    request.onNewVersion();
    secret.addVersion(token, request.at, value);
  } else {
    version.value = value;
  }
  stages.forEach((stage) => secret.attach(stage, token));
  secret.lastChangedDate = request.at;
}

export function checkLabelLimit(secret: Secret, labels: readonly string[]): void {
  if (new Set([...secret.allLabels.keys(), ...labels]).size > MOST_LABELS) {
    throw limitExceeded(`You can attach at most ${MOST_LABELS} staging labels to the versions of a secret.`);
  }
}

export function tokenInUse(token: string, secret: Secret): Error {
  return exists(`You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`);
}

function repeat(secret: Secret, request: VersionRequest, stored: SecretValue): void {
  if (!sameValue(stored, request.value)) {
    throw tokenInUse(request.token, secret);
  }
  if (request.repeatedPut === 'attachLabels') {
    request.stages?.forEach((stage) => secret.attach(stage, request.token));
  }
}

/** "If this operation creates the first version for the secret, then Secrets Manager automatically attaches the staging label AWSCURRENT to it." */
function stagesFor(secret: Secret, request: VersionRequest): readonly string[] {
  const stages = request.stages ?? ['AWSCURRENT'];
  return secret.versions.size > 0 ? stages : [...new Set(['AWSCURRENT', ...stages])];
}
