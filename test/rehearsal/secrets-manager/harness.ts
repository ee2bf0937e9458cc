import { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { LocalSecretsManager, LocalSecretsManagerOptions } from '../../../rehearsal/secrets-manager';

const started: { readonly service: LocalSecretsManager; readonly clients: SecretsManagerClient[] }[] = [];

export interface Harness {
  readonly service: LocalSecretsManager;
  readonly endpoint: string;
  readonly client: SecretsManagerClient;
  readonly clientWith: (config: Partial<SecretsManagerClientConfig>) => SecretsManagerClient;
}

/** A service and an unmodified AWS SDK client of it that does not retry. */
export async function harness(options: LocalSecretsManagerOptions = {}): Promise<Harness> {
  const service = new LocalSecretsManager(options);
  const { endpoint } = await service.start();
  const clients: SecretsManagerClient[] = [];
  started.push({ service, clients });
  const clientWith = (config: Partial<SecretsManagerClientConfig>): SecretsManagerClient => {
    const client = new SecretsManagerClient({
      endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'unused' }, ...config,
    });
    clients.push(client);
    return client;
  };
  return { service, endpoint, client: clientWith({}), clientWith };
}

export async function stopHarnesses(): Promise<void> {
  await Promise.all(started.splice(0).map(async ({ service, clients }) => {
    clients.forEach((client) => client.destroy());
    await service.stop();
  }));
}

/** A token as SDKs make them: 36 characters that end in the given word. */
export function token(word: string): string {
  return `${'0'.repeat(35 - word.length)}-${word}`;
}
