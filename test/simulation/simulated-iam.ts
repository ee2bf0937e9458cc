import { IAMServiceException } from '@aws-sdk/client-iam';
import { STSServiceException } from '@aws-sdk/client-sts';
import { Answer, AwsRequest, connectionReset, faultsOf } from './aws-clients';
import { Outside } from './outside';
import { LocalIam } from '../../rehearsal/access-keys';

/** The local IAM's users, through everything that may happen on the way. */
export function iamThroughFaults(outside: Outside, iam: LocalIam): Answer {
  return ({ action, input, patienceMs }) => outside.call({
    service: 'IAM',
    what: action,
    patienceMs,
    faults: faultsOf(action),
    effect: () => perform(iam, action, input as Readonly<Record<string, string>>),
    lost: connectionReset,
    refusal: () => iamException('AccessDenied', 403),
    throttling: () => iamException('Throttling', 400),
  });
}

/** Whose key it is, for a client of STS that has it. */
export function stsThroughFaults(outside: Outside, iam: LocalIam, userArn: string): Answer {
  return ({ action, config, patienceMs }) => outside.call({
    service: 'STS',
    what: action,
    patienceMs,
    faults: faultsOf(action),
    effect: async () => {
      const { accessKeyId, secretAccessKey } = await keyOf(config);
      if (iam.use(accessKeyId, secretAccessKey, 'sts') === 'refused') throw stsException('InvalidClientTokenId', 403);
      return { Arn: userArn };
    },
    lost: connectionReset,
    refusal: () => stsException('InvalidClientTokenId', 403),
    throttling: () => stsException('Throttling', 400),
  });
}

function perform(iam: LocalIam, action: string, { UserName: user = '', AccessKeyId: id = '', Status: status }: Readonly<Record<string, string>>): unknown {
  try {
    switch (action) {
      case 'ListAccessKeys':
        return {
          IsTruncated: false,
          AccessKeyMetadata: iam.keys(user).map((key) => ({ AccessKeyId: key.accessKeyId, Status: key.status, CreateDate: seconds(key.createDate) })),
        };
      case 'CreateAccessKey': {
        const { accessKeyId, secretAccessKey } = iam.createAccessKey(user);
        return { AccessKey: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } };
      }
      case 'GetAccessKeyLastUsed': {
        const use = iam.keys(USER).find(({ accessKeyId }) => accessKeyId === id)?.lastUsed;
        return { AccessKeyLastUsed: use === undefined ? { ServiceName: 'N/A', Region: 'N/A' } : { LastUsedDate: use.at, ServiceName: use.serviceName, Region: use.region } };
      }
      case 'UpdateAccessKey': return iam.setStatus(id, status === 'Active' ? 'Active' : 'Inactive');
      case 'DeleteAccessKey': return iam.deleteAccessKey(id);
      default: throw new Error(`the simulated IAM has no operation ${action}`);
    }
  } catch (error: unknown) {
    throw asException(error);
  }
}

/** The one user whose keys are rotated. */
export const USER = 'app';

/** Dates of IAM have no fractions of a second. */
function seconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

async function keyOf({ credentials }: AwsRequest['config']): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const given: unknown = typeof credentials === 'function' ? await (credentials as () => Promise<unknown>)() : credentials;
  return given as { readonly accessKeyId: string; readonly secretAccessKey: string };
}

function asException(error: unknown): unknown {
  const { name, status } = error as { readonly name?: string; readonly status?: number };
  return name !== undefined && status !== undefined ? iamException(name, status) : error;
}

function iamException(name: string, httpStatusCode: number): IAMServiceException {
  return new IAMServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });
}

function stsException(name: string, httpStatusCode: number): STSServiceException {
  return new STSServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });
}
