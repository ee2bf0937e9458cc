import { invalidParameter } from '../errors';
import { Input } from '../input';
import { OperationCall, Output, Service, timestamp } from '../service';

const SHORTEST_WINDOW_DAYS = 7;
const LONGEST_WINDOW_DAYS = 30;
const MILLISECONDS_PER_DAY = 86_400_000;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export function deleteSecret({ secrets, settings }: Service, { input }: OperationCall): Output {
  const days = recoveryWindow(input);
  const secretId = input.required('SecretId');
  const found = secrets.find(secretId);
  const deletionDate = new Date(settings.now().getTime() + days * MILLISECONDS_PER_DAY);
  if (days === 0) {
    if (found !== undefined) {
      secrets.remove(found);
    }
    // "If you forcibly delete an already deleted or nonexistent secret, the operation does not return ResourceNotFoundException."
    return { ARN: found?.arn ?? secrets.partialArn(secretId), Name: found?.name ?? secretId, DeletionDate: timestamp(deletionDate) };
  }
  const secret = secrets.getUsable(secretId);
  secret.deletionDate = deletionDate;
  return { ARN: secret.arn, Name: secret.name, DeletionDate: timestamp(deletionDate) };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html */
export function restoreSecret({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.get(input.required('SecretId'));
  secret.deletionDate = undefined;
  return { ARN: secret.arn, Name: secret.name };
}

function recoveryWindow(input: Input): number {
  const [days, force] = [input.number('RecoveryWindowInDays'), input.boolean('ForceDeleteWithoutRecovery') ?? false];
  if (force && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < SHORTEST_WINDOW_DAYS || days > LONGEST_WINDOW_DAYS)) {
    throw invalidParameter(`The RecoveryWindowInDays value must be between ${SHORTEST_WINDOW_DAYS} and ${LONGEST_WINDOW_DAYS} days (inclusive).`);
  }
  return force ? 0 : days ?? LONGEST_WINDOW_DAYS;
}
