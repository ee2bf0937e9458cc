import { IAMClient, IAMClientConfig } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetCallerIdentityCommandOutput, STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import { AccessKeyPair, LocalIam, LocalIamOptions } from '../../../rehearsal/access-keys';

const started: { readonly service: LocalIam; readonly clients: { destroy(): void }[] }[] = [];

export interface Harness {
  readonly service: LocalIam;
  readonly endpoint: string;
  readonly iam: IAMClient;
  readonly iamWith: (config: Partial<IAMClientConfig>) => IAMClient;
  /** Asks STS who has this pair. */
  readonly whoIs: (pair: AccessKeyPair, config?: Partial<STSClientConfig>) => Promise<GetCallerIdentityCommandOutput>;
}

/** IAM and STS, and unmodified AWS SDK clients of them that do not retry. */
export async function harness(options: LocalIamOptions = {}): Promise<Harness> {
  const service = new LocalIam(options);
  const { endpoint } = await service.start();
  const clients: { destroy(): void }[] = [];
  started.push({ service, clients });
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const common = { endpoint, region: 'us-east-1', maxAttempts: 1 };
  const iamWith = (config: Partial<IAMClientConfig>): IAMClient =>
    kept(new IAMClient({ ...common, credentials: { accessKeyId: 'ASIAFUNCTION', secretAccessKey: 'unused', sessionToken: 'unused' }, ...config }));
  const whoIs = async (credentials: AccessKeyPair, config: Partial<STSClientConfig> = {}): Promise<GetCallerIdentityCommandOutput> =>
    kept(new STSClient({ ...common, credentials, ...config })).send(new GetCallerIdentityCommand({}));
  return { service, endpoint, iam: iamWith({}), iamWith, whoIs };
}

export async function stopHarnesses(): Promise<void> {
  await Promise.all(started.splice(0).map(async ({ service, clients }) => {
    clients.forEach((client) => client.destroy());
    await service.stop();
  }));
}
