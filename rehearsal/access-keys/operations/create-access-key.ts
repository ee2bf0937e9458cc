import { Output, OperationCall, Services } from '../service';
import { timestamp } from '../xml';

/** The only answer that holds the secret key: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export function createAccessKey({ users }: Services, { userName }: OperationCall): Output {
  const { id, secret, status, createdAt } = users.createKey(userName);
  return { AccessKey: { UserName: userName, AccessKeyId: id, Status: status, SecretAccessKey: secret, CreateDate: timestamp(createdAt) } };
}
