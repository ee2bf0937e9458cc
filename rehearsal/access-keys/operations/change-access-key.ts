import { AccessKey } from '../access-key';
import { noSuchKey } from '../errors';
import { Output, OperationCall, Services } from '../service';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export function updateAccessKey({ users }: Services, call: OperationCall): Output {
  const status = call.input.oneOf('Status', ['Active', 'Inactive']);
  keyOf(users, call).status = status;
  return false;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export function deleteAccessKey({ users }: Services, call: OperationCall): Output {
  users.deleteKey(keyOf(users, call));
  return false;
}

/** Another user's key is as unknown as none. */
function keyOf(users: Services['users'], { input, userName }: OperationCall): AccessKey {
  const keyId = input.required('AccessKeyId');
  const key = users.get(userName).keys.get(keyId);
  if (key === undefined) throw noSuchKey(keyId);
  return key;
}
