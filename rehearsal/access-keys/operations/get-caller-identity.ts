import { Output, OperationCall, Services } from '../service';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function getCallerIdentity({ settings, users }: Services, { userName }: OperationCall): Output {
  const { arn, id } = users.get(userName);
  return { Arn: arn, UserId: id, Account: settings.account };
}
