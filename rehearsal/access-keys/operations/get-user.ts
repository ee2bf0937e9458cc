import { Output, OperationCall, Services } from '../service';
import { timestamp } from '../xml';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export function getUser({ users }: Services, { userName }: OperationCall): Output {
  const { name, path, id, arn, createdAt } = users.get(userName);
  return { User: { Path: path, UserName: name, UserId: id, Arn: arn, CreateDate: timestamp(createdAt) } };
}
