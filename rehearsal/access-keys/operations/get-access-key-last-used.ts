import { Output, OperationCall, Services } from '../service';
import { timestamp } from '../xml';

/** "N/A" and no date for a key that was never used: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html */
export function getAccessKeyLastUsed({ users }: Services, { input }: OperationCall): Output {
  const { userName, reportedUse: use } = users.getKey(input.required('AccessKeyId'));
  return {
    UserName: userName,
    AccessKeyLastUsed: { LastUsedDate: use && timestamp(use.at), ServiceName: use?.serviceName ?? 'N/A', Region: use?.region ?? 'N/A' },
  };
}
