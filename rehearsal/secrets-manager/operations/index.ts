import { Operation } from '../service';
import { deleteSecret, restoreSecret } from './delete-secret';
import { getRandomPassword } from './get-random-password';
import { getSecretValue } from './get-secret-value';
import { describeSecret, listSecrets, listSecretVersionIds } from './read-metadata';
import { cancelRotateSecret, rotateSecret } from './rotate-secret';
import { tagResource, untagResource } from './tag-resource';
import { updateSecretVersionStage } from './update-secret-version-stage';
import { createSecret, putSecretValue, updateSecret } from './write-value';

/** By the name in the header `X-Amz-Target`, without the service's prefix. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['CancelRotateSecret', cancelRotateSecret],
  ['CreateSecret', createSecret],
  ['DeleteSecret', deleteSecret],
  ['DescribeSecret', describeSecret],
  ['GetRandomPassword', getRandomPassword],
  ['GetSecretValue', getSecretValue],
  ['ListSecretVersionIds', listSecretVersionIds],
  ['ListSecrets', listSecrets],
  ['PutSecretValue', putSecretValue],
  ['RestoreSecret', restoreSecret],
  ['RotateSecret', rotateSecret],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['UpdateSecret', updateSecret],
  ['UpdateSecretVersionStage', updateSecretVersionStage],
]);
