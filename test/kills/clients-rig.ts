import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { BundledFunction, FUNCTION_ARN } from './bundled-function';
import { SteadyClient, SteadyClientProps, SteadySignIn } from './steady-client';
import { Gate } from '../../rehearsal/clients/gate';
import { SecretReader } from '../../rehearsal/clients/secret-reader';
import { postgresSignIn } from '../../rehearsal/clients/sign-in/postgres';
import { measurementsIn } from '../../rehearsal/lambda/function-log';
import { LocalSecretsManager } from '../../rehearsal/secrets-manager';
import { BOOTSTRAP, Login, MASTER, testAuthority, TestPostgres, uniqueName } from '../support/postgres';
import { configuration, StrategyKind } from '../support/postgres-rotation';
import { STEPS } from '../support/rotation-rig';

/** From the change of the password to the promotion, as the function measured it. */
export interface Window {
  readonly startedAtMs: number;
  readonly milliseconds: number;
}

/** The bundle straight at a real server, and clients that sign in there. */
export class ClientsRig {
  static async start(strategy: StrategyKind, postgres: TestPostgres): Promise<ClientsRig> {
    const secretsManager = new LocalSecretsManager({ deprecatedVersions: 'purge' });
    const { endpoint } = await secretsManager.start();
    const user: Login = { username: uniqueName('app'), password: uniqueName() };
    if (strategy === 'single-user') await createUser(postgres, user);
    const { arn: superuserSecretArn } = secretsManager.createSecret({ name: uniqueName('superuser'), secretString: JSON.stringify(MASTER) });
    const { arn } = secretsManager.createSecret({ name: uniqueName('secret'), secretString: JSON.stringify(user) });
    secretsManager.enableRotation(arn, { functionArn: FUNCTION_ARN });
    const config = { ...configuration(postgres, user.username, strategy === 'single-user' ? {} : { superuserSecretArn }), host: 'localhost', port: 5432 };
    const hosts = { 'localhost:5432': `127.0.0.1:${postgres.server.port}` };
    const bundled = new BundledFunction({ strategy, config, hosts, secretsManagerEndpoint: endpoint });
    return new ClientsRig(secretsManager, endpoint, arn, hosts, bundled);
  }

  readonly windows: Window[] = [];
  private readonly clients: SteadyClient[] = [];
  private readonly runs: Promise<void>[] = [];
  private readonly gate = new Gate(2);
  private readonly aws: SecretsManagerClient;

  private constructor(
    private readonly secretsManager: LocalSecretsManager,
    endpoint: string,
    private readonly secretArn: string,
    private readonly hosts: Readonly<Record<string, string>>,
    private readonly bundled: BundledFunction,
  ) {
    this.aws = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIACLIENT0000000000', secretAccessKey: 'opens-nothing' } });
  }

  /** One rotation, in which nothing goes wrong. */
  async rotate(): Promise<void> {
    const token = this.secretsManager.beginRotation(this.secretArn);
    for (const step of STEPS) {
      const event = { Step: step, SecretId: this.secretArn, ClientRequestToken: token, RotationToken: 'rotation-token-that-must-never-be-logged' };
      this.windows.push(...windowIn(await this.bundled.invoke(event)));
    }
  }

  /** Clients from now on. The secret must have been rotated once: it names no host before. */
  startClients(count: number, props: Pick<SteadyClientProps, 'timeToLiveMs' | 'pauseMs' | 'retries'>): void {
    const shared = {
      reader: new SecretReader(this.aws, this.secretArn),
      signIn: postgresSignIn({ hosts: this.hosts, caPem: testAuthority.certificate }),
      gate: this.gate,
    };
    this.clients.push(...Array.from({ length: count }, () => new SteadyClient({ ...shared, ...props })));
    this.runs.push(...this.clients.map(client => client.run()));
  }

  /** Resolves when each client has read the secret again: the interval between two rotations is longer than any copy lives. */
  async everyCopyRenewed(): Promise<void> {
    const now = Date.now();
    while (!this.clients.every(client => client.holdsCopySince(now))) await sleep(2);
  }

  /** All that the clients saw; they sign in no more. */
  async stopClients(): Promise<{ readonly signIns: readonly SteadySignIn[]; readonly surfaced: number }> {
    for (const client of this.clients) client.stop();
    await Promise.all(this.runs);
    return {
      signIns: this.clients.flatMap(({ signIns }) => signIns),
      surfaced: this.clients.reduce((sum, { surfaced }) => sum + surfaced, 0),
    };
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.stop();
    await Promise.all(this.runs);
    this.aws.destroy();
    await this.bundled.remove();
    await this.secretsManager.stop();
  }
}

async function createUser(postgres: TestPostgres, { username, password }: Login): Promise<void> {
  const client = await postgres.connect(BOOTSTRAP);
  await client.query(`CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await client.end();
}

/** Node.js's own warnings are among the lines. */
function windowIn(lines: readonly string[]): Window[] {
  const { windowMs, windowStartedAt } = measurementsIn(lines);
  return windowMs === undefined || windowStartedAt === undefined ? [] : [{ startedAtMs: windowStartedAt, milliseconds: windowMs }];
}
