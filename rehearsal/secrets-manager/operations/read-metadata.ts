import { SecretsManagerError } from '../errors';
import { Input } from '../input';
import { nextRotationDate, RotationRules } from '../rotation-rules';
import { Secret } from '../secret';
import { OperationCall, Output, Service, timestamp } from '../service';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html: of deleted secrets, too */
export function describeSecret({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.get(input.required('SecretId'));
  return { ...metadata(secret), VersionIdsToStages: versionsToStages(secret) };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html, without filters and sorting */
export function listSecrets({ secrets }: Service, { input }: OperationCall): Output {
  const withDeleted = input.boolean('IncludePlannedDeletion') ?? false;
  const listed = secrets.all.filter((secret) => withDeleted || secret.deletionDate === undefined);
  const { items, nextToken } = page(listed, input);
  return { SecretList: items.map((secret) => ({ ...metadata(secret), SecretVersionsToStages: versionsToStages(secret) })), NextToken: nextToken };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html */
export function listSecretVersionIds({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.get(input.required('SecretId'));
  const withDeprecated = input.boolean('IncludeDeprecated') ?? false;
  const listed = [...secret.versions.values()].filter(({ versionId }) => withDeprecated || secret.labelsOf(versionId).length > 0);
  const { items, nextToken } = page(listed, input);
  const versions = items.map((version) => {
    const labels = secret.labelsOf(version.versionId);
    return {
      VersionId: version.versionId,
      VersionStages: labels.length > 0 ? labels : undefined,
      LastAccessedDate: timestamp(version.lastAccessedDate),
      CreatedDate: timestamp(version.createdDate),
      KmsKeyIds: [version.kmsKeyId ?? 'DefaultEncryptionKey'],
    };
  });
  return { ARN: secret.arn, Name: secret.name, Versions: versions, NextToken: nextToken };
}

/** "Secrets Manager only returns fields that have a value in the response." */
function metadata(secret: Secret): Output {
  // "Manually updating the secret value [...] is considered a valid rotation": API reference of RotationRulesType
  const from = secret.versionWith('AWSCURRENT')?.createdDate ?? secret.createdDate;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: secret.rotationEnabled,
    RotationLambdaARN: secret.rotationFunctionArn,
    RotationRules: rulesOf(secret.rotationRules),
    LastRotatedDate: timestamp(secret.lastRotatedDate),
    LastChangedDate: timestamp(secret.lastChangedDate),
    LastAccessedDate: timestamp(secret.lastAccessedDate),
    DeletedDate: timestamp(secret.deletionDate),
    NextRotationDate: secret.rotationEnabled === true ? timestamp(nextRotationDate(secret.rotationRules, from)) : undefined,
    Tags: secret.tags.size > 0 ? [...secret.tags].map(([Key, Value]) => ({ Key, Value })) : undefined,
    CreatedDate: timestamp(secret.createdDate),
  };
}

/** Only versions with labels; left out when there are none. */
function versionsToStages(secret: Secret): Record<string, string[]> | undefined {
  const entries = [...secret.versions.keys()]
    .map((versionId) => [versionId, secret.labelsOf(versionId)] as const)
    .filter(([, labels]) => labels.length > 0);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function rulesOf(rules: RotationRules | undefined): Output | undefined {
  return rules && {
    AutomaticallyAfterDays: rules.automaticallyAfterDays,
    Duration: rules.duration,
    ScheduleExpression: rules.scheduleExpression,
  };
}

const DEFAULT_PAGE = 100;

function page<Item>(items: readonly Item[], input: Input): { readonly items: Item[]; readonly nextToken?: string } {
  const token = input.string('NextToken');
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) {
    throw new SecretsManagerError('InvalidNextTokenException', 'The NextToken value is invalid.');
  }
  const to = from + (input.number('MaxResults') ?? DEFAULT_PAGE);
  return { items: items.slice(from, to), nextToken: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined };
}
