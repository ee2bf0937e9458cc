import { exists, invalidParameter, invalidRequest, validation } from '../errors';
import { Input } from '../input';
import { Secret, SecretValue } from '../secret';
import { sameValue, tokenIn, valueIn } from '../secret-values';
import { OperationCall, Output, Service } from '../service';
import { putVersion, tokenInUse } from '../versions';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export function createSecret(service: Service, { input, accessKeyId }: OperationCall): Output {
  const [name, token, value] = [input.required('Name'), tokenIn(input), valueIn(input)];
  const known = service.secrets.find(name);
  if (known !== undefined) {
    return repeatedCreation(known, token, value);
  }
  const secret = addSecret(service, name, input);
  try {
    authorizeKey(service, accessKeyId, secret, token, ['kms:GenerateDataKey', 'kms:Decrypt']);
  } catch (denied) {
    service.secrets.remove(secret);
    throw denied;
  }
  if (value !== undefined) {
    store(service, secret, { token, value });
  }
  return { ARN: secret.arn, Name: name, VersionId: value && token };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export function putSecretValue(service: Service, { input, accessKeyId }: OperationCall): Output {
  const [token, value, stages] = [tokenIn(input), valueIn(input), input.strings('VersionStages')];
  checkStages(stages);
  checkRotationToken(input.string('RotationToken'));
  const secret = service.secrets.getUsable(input.required('SecretId'));
  if (value === undefined) {
    throw invalidRequest('You must provide either SecretString or SecretBinary.');
  }
  authorizeKey(service, accessKeyId, secret, token, ['kms:GenerateDataKey']);
  store(service, secret, { token, value, stages });
  return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages: secret.labelsOf(token) };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html */
export function updateSecret(service: Service, { input, accessKeyId }: OperationCall): Output {
  const [token, value] = [tokenIn(input), valueIn(input)];
  const secret = service.secrets.getUsable(input.required('SecretId'));
  if (value !== undefined && secret.versions.has(token)) {
    throw tokenInUse(token, secret);
  }
  if (value !== undefined) {
    authorizeKey(service, accessKeyId, secret, token, ['kms:GenerateDataKey', 'kms:Decrypt']);
  }
  secret.description = input.string('Description') ?? secret.description;
  secret.kmsKeyId = keyIn(input) ?? (input.string('KmsKeyId') === '' ? undefined : secret.kmsKeyId);
  secret.lastChangedDate = service.settings.now();
  if (value !== undefined) {
    store(service, secret, { token, value });
  }
  return { ARN: secret.arn, Name: secret.name, VersionId: value && token };
}

function addSecret(service: Service, name: string, input: Input): Secret {
  if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
    throw validation('Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!');
  }
  const secret = service.secrets.add(name);
  secret.description = input.string('Description');
  secret.kmsKeyId = keyIn(input);
  input.objects('Tags')?.forEach((tag) => secret.tags.set(tag.required('Key'), tag.string('Value') ?? ''));
  return secret;
}

/** Order of the answers recorded in getmoto/moto#9741 and localstack/localstack, `test_exp_raised_on_creation_of_secret_scheduled_for_deletion`. */
function repeatedCreation(secret: Secret, token: string, value: SecretValue | undefined): Output {
  if (secret.deletionDate !== undefined) {
    throw invalidRequest("You can't create this secret because a secret with this name is already scheduled for deletion.");
  }
  if (value !== undefined && sameValue(secret.versions.get(token)?.value, value)) {
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }
  throw exists(`The operation failed because the secret ${secret.name} already exists.`);
}

function store(service: Service, secret: Secret, version: { token: string; value: SecretValue; stages?: string[] }): void {
  const { settings, rotations } = service;
  putVersion(secret, { ...version, at: settings.now(), repeatedPut: settings.repeatedPut, onNewVersion: () => rotations.abandonOpen(secret) });
}

function authorizeKey(
  { authorizer }: Service, accessKeyId: string, secret: Secret, versionId: string, actions: readonly ('kms:GenerateDataKey' | 'kms:Decrypt')[],
): void {
  actions.forEach((action) => authorizer.key(accessKeyId, action, secret, versionId));
}

function keyIn(input: Input): string | undefined {
  const key = input.string('KmsKeyId');
  return key === '' ? undefined : key;
}

function checkStages(stages: readonly string[] | undefined): void {
  if (stages !== undefined && (stages.length < 1 || stages.length > 20 || stages.some((stage) => stage.length < 1 || stage.length > 256))) {
    throw invalidParameter('VersionStages must be 1 to 20 labels of 1 to 256 characters.');
  }
}

function checkRotationToken(token: string | undefined): void {
  if (token !== undefined && (token.length < 36 || token.length > 256)) {
    throw invalidParameter('RotationToken must be 36-256 characters long.');
  }
}
