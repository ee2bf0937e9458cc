import { invalidRequest, notFound } from '../errors';
import { Secret, SecretVersion } from '../secret';
import { OperationCall, Output, Service, timestamp } from '../service';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function getSecretValue({ secrets, authorizer, settings }: Service, { input, accessKeyId }: OperationCall): Output {
  const secret = secrets.getUsable(input.required('SecretId'));
  const version = versionOf(secret, input.string('VersionId'), input.string('VersionStage'));
  authorizer.key(accessKeyId, 'kms:Decrypt', secret, version.versionId);
  version.lastAccessedDate = secret.lastAccessedDate = startOfDay(settings.now());
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.value?.secretString,
    SecretBinary: version.value?.secretBinary,
    VersionStages: secret.labelsOf(version.versionId),
    CreatedDate: timestamp(version.createdDate),
  };
}

/** A version without a value is not to be found, whatever labels it bears (getmoto/moto#8504, checked against AWS). */
function versionOf(secret: Secret, versionId: string | undefined, stage: string | undefined): SecretVersion {
  const label = stage ?? 'AWSCURRENT';
  const version = versionId === undefined ? secret.versionWith(label) : secret.versions.get(versionId);
  if (version !== undefined && versionId !== undefined && stage !== undefined && secret.holderOf(stage) !== versionId) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  if (version?.value === undefined) {
    const what = versionId === undefined ? `staging label: ${label}` : `VersionId: ${versionId}`;
    throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
  }
  return version;
}

/** "The resolution of this field is at the date level and does not include the time." */
function startOfDay(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
}
