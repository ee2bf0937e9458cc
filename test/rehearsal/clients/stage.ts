import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { CLIENT_ACCESS_KEY_ID, type Clients, type ClientsSettings, startClients } from '../../../rehearsal/clients';
import type { ClientGroup } from '../../../rehearsal/report/model';
import { LocalSecretsManager } from '../../../rehearsal/secrets-manager';
import { type Login, testAuthority, TestPostgres, uniqueName } from '../../support/postgres';

export const HOST = 'app.cluster-c0ffee.us-east-1.rds.amazonaws.com';
const POLL_MS = 20;
const GIVE_UP_MS = 30_000;

/** A server and a Secrets Manager, and a secret that both know. */
export class Stage {
  readonly postgres = new TestPostgres(18, testAuthority.issue({ hosts: [HOST, 'localhost', '127.0.0.1'] }));
  readonly service = new LocalSecretsManager();
  private readonly running: Clients[] = [];
  private endpoint = '';

  async start(): Promise<void> {
    await this.postgres.start();
    this.endpoint = (await this.service.start()).endpoint;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(clients => clients.stop().catch(() => undefined)));
    await this.service.stop();
    await this.postgres.stop();
  }

  /** A user of its own for each test, in a secret of its own. */
  async user(value: Readonly<Record<string, unknown>> = {}): Promise<User> {
    const login = await this.postgres.createLogin();
    const { arn } = this.service.createSecret({ name: uniqueName(), secretString: secretString({ ...login, ...value }) });
    return new User(this, login, arn);
  }

  async clients(secretArn: string, perGroup: Partial<Record<ClientGroup, number>>, settings: Partial<ClientsSettings> = {}): Promise<Clients> {
    const clients = await startClients({
      secretArn,
      secretsManagerEndpoint: this.endpoint,
      region: 'us-east-1',
      hosts: { [`${HOST}:5432`]: `127.0.0.1:${this.postgres.server.port}` },
      caPem: testAuthority.certificate,
      timeToLiveMs: 60_000,
      epochMs: Date.now(),
      perGroup: { 'each-time': 0, 'time-to-live': 0, 'on-failure': 0, ...perGroup },
      ...settings,
    });
    this.running.push(clients);
    return clients;
  }

  get sdk(): SecretsManagerClient {
    return new SecretsManagerClient({ endpoint: this.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'unused' } });
  }
}

export class User {
  constructor(private readonly stage: Stage, readonly login: Login, readonly arn: string) {}

  /** Sets another password by hand: the secret does not know it yet. */
  async changePassword(): Promise<Login> {
    const changed = { ...this.login, password: uniqueName() };
    await this.stage.postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(changed.username)} PASSWORD ${escapeLiteral(changed.password)}`);
    return changed;
  }

  /** Tells the secret, and returns the first characters of the new version's id. */
  async tell(login: Login): Promise<string> {
    const client = this.stage.sdk;
    const { VersionId = '' } = await client.send(new PutSecretValueCommand({ SecretId: this.arn, SecretString: secretString({ ...login }) }));
    client.destroy();
    return VersionId.slice(0, 8);
  }

  async version(): Promise<string> {
    const client = this.stage.sdk;
    const { VersionId = '' } = await client.send(new GetSecretValueCommand({ SecretId: this.arn }));
    client.destroy();
    return VersionId.slice(0, 8);
  }

  /** Reads of the secret by clients so far. */
  reads(): number {
    return this.stage.service.calls.filter(call => call.action === 'GetSecretValue' && call.accessKeyId === CLIENT_ACCESS_KEY_ID && call.secretArn === this.arn).length;
  }

  /** Sign-ins that the server refused so far, by its own log. */
  refusals(): number {
    return this.stage.postgres.server.log().split(`password authentication failed for user "${this.login.username}"`).length - 1;
  }
}

/** Resolves when it has come about. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + GIVE_UP_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${String(condition)}`);
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

function secretString(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ engine: 'postgres', host: HOST, port: 5432, dbname: 'postgres', ...value });
}
