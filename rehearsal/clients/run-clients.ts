import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from './client';
import { copyRules } from './copy-rules';
import { Gate } from './gate';
import { SecretReader } from './secret-reader';
import { CLIENT_ACCESS_KEY_ID, CLIENTS_PER_GROUP, type ClientsSettings } from './settings';
import { signInOf } from './sign-in';
import type { ClientGroup, ClientReport } from '../report/model';

/** Clients as an application would write them: the real AWS SDK, the real drivers, verified TLS. */
export async function runClients(settings: ClientsSettings, stopping: AbortSignal): Promise<readonly ClientReport[]> {
  const perGroup = settings.perGroup ?? CLIENTS_PER_GROUP;
  const secretsManager = secretsManagerClient(settings);
  const shared = {
    reader: new SecretReader(secretsManager, settings.secretArn),
    service: settings.service?.kind ?? 'postgres',
    signIn: signInOf(settings),
    gate: new Gate(width()),
    epochMs: settings.epochMs,
    stopping,
  };
  const groups: readonly ClientGroup[] = ['each-time', 'time-to-live', 'on-failure'];
  const clients = groups.flatMap(group => names(group, perGroup[group]).map(
    name => new Client({ ...shared, name, group, rules: copyRules(group, settings.timeToLiveMs) })));
  setMaxListeners(0, stopping); // every client listens
  const reports = await Promise.all(clients.map(client => client.run()));
  secretsManager.destroy();
  return reports;
}

function names(group: ClientGroup, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${group}-${String(index + 1).padStart(2, '0')}`);
}

/**
 * A sign-in keeps the client and its server process busy in turns, so as many at a time as this load one processor
 * less than the machine has: the rotation needs one.
 */
function width(): number {
  return Math.min(4, Math.max(1, availableParallelism() - 1));
}

function secretsManagerClient(settings: ClientsSettings): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint: settings.secretsManagerEndpoint,
    region: settings.region,
    credentials: { accessKeyId: CLIENT_ACCESS_KEY_ID, secretAccessKey: 'opens-nothing' },
  });
}
