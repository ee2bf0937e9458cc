import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelRotateSecretCommand, SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { AwsRelay, CallAction } from './aws-relay';
import { Boundary, CallCounter, describeStatement, Moment, nameOf } from './boundary';
import { BundledFunction, FUNCTION_ARN } from './bundled-function';
import { LocalSecretsManager, SecretSnapshot } from '../../rehearsal/secrets-manager';
import { BOOTSTRAP, Login, MASTER, TestPostgres, uniqueName } from '../support/postgres';
import { Exchange, ExchangeAction, PostgresProxy } from '../support/postgres-proxy';
import { configuration, StrategyKind } from '../support/postgres-rotation';
import { StepName, STEPS } from '../support/rotation-rig';

/** What goes wrong at a boundary. */
export type Disturbance =
  /** The function's process is killed. */
  | 'killed'
  /** The connection ends; the process lives. */
  | 'cut' | 'cut halfway'
  /** The server ends and comes back: PostgreSQL documentation, 18.5 "Shutting Down the Server". */
  | 'fast restart' | 'immediate restart';

export interface KillRigOptions {
  readonly strategy: StrategyKind;
  readonly postgres: TestPostgres;
  readonly pendingOnPromotion?: 'strip' | 'keep';
}

/** The bundle in a process of its own, between it and the real servers whoever lets each call pass or not. */
export class KillRig {
  static async start({ strategy, postgres, pendingOnPromotion }: KillRigOptions): Promise<KillRig> {
    const secretsManager = new LocalSecretsManager({ pendingOnPromotion, deprecatedVersions: 'purge' });
    const { endpoint } = await secretsManager.start();
    const proxy = await PostgresProxy.start(postgres.server.port);
    const relay = await AwsRelay.start(endpoint);
    const username = uniqueName('app');
    const { arn: superuserSecretArn } = secretsManager.createSecret({ name: uniqueName('superuser'), secretString: JSON.stringify(MASTER) });
    const config = { ...configuration(postgres, username, strategy === 'single-user' ? {} : { superuserSecretArn }), host: 'localhost', port: 5432 };
    const hosts = { 'localhost:5432': `127.0.0.1:${proxy.endpoint.port}` };
    const bundled = new BundledFunction({ strategy, config, hosts, secretsManagerEndpoint: relay.endpoint });
    const rig = new KillRig(strategy, postgres, username, { secretsManager, proxy, relay, bundled, endpoint });
    await rig.renew();
    return rig;
  }

  secretArn = '';
  /** The boundaries since the rotation began. */
  seen: Boundary[] = [];
  /** What a client holds that read the secret right before the rotation. */
  copyAtTheBeginning?: Login;
  private pending?: { readonly name: string; readonly how: Disturbance };
  private step: StepName = 'createSecret';
  private calls = new CallCounter();
  private readonly exchanges = new WeakMap<Exchange, Omit<Boundary, 'moment'>>();

  private constructor(readonly strategy: StrategyKind, readonly postgres: TestPostgres, readonly username: string, private readonly parts: Parts) {
    parts.proxy.script = { onExchange: (exchange, moment) => this.onExchange(exchange, moment) };
    parts.relay.onCall = action => this.onCall(action);
  }

  /** Looks at the world at each boundary. */
  observe: (boundary: Boundary) => Promise<void> = async () => undefined;
  /** Looks at the world right after a disturbance. */
  disturbed: () => Promise<void> = async () => undefined;

  /** A user, and a secret of it, that were never rotated. */
  async renew(): Promise<void> {
    const first: Login = { username: this.username, password: uniqueName() };
    for (const name of [this.username, `${this.username}_clone`]) await this.postgres.superuser.query(`DROP ROLE IF EXISTS ${escapeIdentifier(name)}`);
    if (this.strategy !== 'alternating-users') await this.createUser(first);
    const { secretsManager } = this.parts;
    this.secretArn = secretsManager.createSecret({ name: uniqueName('secret'), secretString: JSON.stringify(first) }).arn;
    secretsManager.enableRotation(this.secretArn, { functionArn: FUNCTION_ARN });
  }

  get snapshot(): SecretSnapshot {
    return this.parts.secretsManager.snapshot(this.secretArn);
  }

  login(versionId: string): Login {
    return JSON.parse(this.parts.secretsManager.valueOf(this.secretArn, versionId)?.secretString ?? '{}') as Login;
  }

  labelled(label: string): Login | undefined {
    const versionId = this.snapshot.labels[label];
    return versionId === undefined ? undefined : this.login(versionId);
  }

  /** All that the function's processes wrote. */
  get output(): string {
    return this.parts.bundled.output;
  }

  /** The next time that a rotation comes to this boundary, this happens. */
  disturb(boundary: Boundary, how: Disturbance): void {
    this.parts.bundled.output = '';
    this.pending = { name: nameOf(boundary), how };
  }

  /** Nothing happens any more; returns whether anything would have. */
  calm(): boolean {
    const { pending } = this;
    this.pending = undefined;
    return pending !== undefined;
  }

  begin(): string {
    this.seen = [];
    this.calls = new CallCounter();
    this.copyAtTheBeginning = this.labelled('AWSCURRENT');
    return this.parts.secretsManager.beginRotation(this.secretArn);
  }

  /** All four steps, once; rejects when the function fails or is killed. Returns the lines that it wrote. */
  async steps(token: string): Promise<string[]> {
    const lines: string[] = [];
    for (const step of STEPS) {
      this.step = step;
      lines.push(...await this.parts.bundled.invoke({ Step: step, SecretId: this.secretArn, ClientRequestToken: token, RotationToken: 'rotation-token-that-must-never-be-logged' }));
    }
    return lines;
  }

  /** As AWS's page tells operators to, past the boundaries. */
  async cancel(): Promise<void> {
    const credentials = { accessKeyId: 'AKIAOPERATOR00000000', secretAccessKey: 'opens-nothing' };
    const client = new SecretsManagerClient({ endpoint: this.parts.endpoint, region: 'us-east-1', credentials });
    await client.send(new CancelRotateSecretCommand({ SecretId: this.secretArn }));
    const { AWSPENDING } = this.snapshot.labels;
    if (AWSPENDING !== undefined) {
      await client.send(new UpdateSecretVersionStageCommand({ SecretId: this.secretArn, VersionStage: 'AWSPENDING', RemoveFromVersionId: AWSPENDING }));
    }
    client.destroy();
  }

  async stop(): Promise<void> {
    await this.parts.bundled.remove();
    await this.parts.proxy.stop();
    await this.parts.relay.stop();
    await this.parts.secretsManager.stop();
  }

  /** From version 16 the master may change only users that it made. */
  private async createUser({ username, password }: Login): Promise<void> {
    const client = await this.postgres.connect(this.strategy === 'superuser' ? MASTER : BOOTSTRAP);
    await client.query(`CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(password)}`);
    await client.end();
  }

  private onCall(action: string): (moment: Moment) => Promise<CallAction> {
    const call = this.calls.count({ step: this.step, service: 'Secrets Manager', what: action });
    return async moment => (await this.at({ ...call, moment }) === 'pass' ? 'pass' : 'cut');
  }

  private onExchange(exchange: Exchange, moment: Moment): Promise<ExchangeAction> {
    const what = describeStatement(exchange.what);
    const call = this.exchanges.get(exchange) ?? this.calls.count({ step: this.step, service: 'PostgreSQL', what });
    this.exchanges.set(exchange, call);
    return this.at({ ...call, moment });
  }

  private async at(boundary: Boundary): Promise<ExchangeAction> {
    this.seen.push(boundary);
    await this.observe(boundary);
    if (this.pending?.name !== nameOf(boundary)) return 'pass';
    const { how } = this.pending;
    this.pending = undefined;
    const action = await this.goWrong(how);
    await this.disturbed();
    return action;
  }

  private async goWrong(how: Disturbance): Promise<ExchangeAction> {
    if (how === 'cut' || how === 'cut halfway') return how;
    if (how === 'killed') await this.parts.bundled.kill();
    else await restart(this.postgres, how);
    return 'cut';
  }
}

interface Parts {
  readonly secretsManager: LocalSecretsManager;
  readonly endpoint: string;
  readonly proxy: PostgresProxy;
  readonly relay: AwsRelay;
  readonly bundled: BundledFunction;
}

/** The first line of postmaster.pid is the process; SIGQUIT is the immediate shutdown. */
async function restart(postgres: TestPostgres, how: Disturbance): Promise<void> {
  const { server } = postgres;
  const [postmaster = ''] = readFileSync(join(server.home, 'data', 'postmaster.pid'), 'utf8').split('\n');
  if (how === 'immediate restart') process.kill(Number(postmaster), 'SIGQUIT');
  await server.restart();
  await postgres.reconnect();
}
