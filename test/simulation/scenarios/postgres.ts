import { AlternatingUsersStrategy } from '../../../lambda/alternating-users/strategy';
import { Invocation } from '../../../lambda/engine/contract/invocation';
import { createHandler } from '../../../lambda/engine/handler';
import { RotationStrategy } from '../../../lambda/engine/strategy';
import { Connector } from '../../../lambda/services/postgres/connector';
import { ManagedUser } from '../../../lambda/services/postgres/managed-user';
import { OwnUser } from '../../../lambda/services/postgres/own-user';
import { Twins } from '../../../lambda/services/postgres/twins';
import { SingleUserStrategy } from '../../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../../lambda/superuser/strategy';
import { PostgresRotationConfig } from '../../../src/private/rotation-config';
import { PASSWORD_POLICY } from '../../support/rotation-rig';
import { Login, SimulatedServer } from '../postgres/server';
import { SimulatedWire } from '../postgres/wire';
import { Subject } from '../promises';
import { RotatedSecret, SecretsManagerBehaviour, World } from '../world';
import { isBetweenGuardAndWrite, isUntold, labelsOf, operatorsOf, rotateUndisturbed } from './operators';

export type PostgresStrategy = 'single-user' | 'superuser' | 'alternating-users';

export interface PostgresScenario extends SecretsManagerBehaviour {
  readonly strategy: PostgresStrategy;
  /** As `server_version_num`. @default 180000 */
  readonly version?: number;
  readonly config?: Partial<PostgresRotationConfig>;
  /** Undisturbed rotations before the one that is disturbed. @default 1 */
  readonly before?: number;
}

const ENDPOINT = { host: 'database.internal', port: 5432 };
const SUPERUSER = 'master';
const FIRST_SUPERUSER_PASSWORD = 'the-first-password-of-the-superuser';
const CANARY = { username: 'canary', password: 'the-password-of-somebody-else' };

/** Where `handler` finds the server of the world that stands now. */
const standing: { wire?: SimulatedWire } = {};

const HANDLERS = {
  'single-user': createHandler<PostgresRotationConfig>((config, invocation) => strategyOf('single-user', config, invocation)),
  'superuser': createHandler<PostgresRotationConfig>((config, invocation) => strategyOf('superuser', config, invocation)),
  'alternating-users': createHandler<PostgresRotationConfig>((config, invocation) => strategyOf('alternating-users', config, invocation)),
} as const;

function strategyOf(strategy: PostgresStrategy, config: PostgresRotationConfig, invocation: Invocation): RotationStrategy {
  const connector = new Connector(config, invocation, standing.wire);
  if (strategy === 'single-user') return new SingleUserStrategy(new OwnUser(connector), config);
  if (strategy === 'superuser') return new SuperuserStrategy(new ManagedUser(connector), config);
  return new AlternatingUsersStrategy(new Twins(connector), config);
}

/** A user of a simulated PostgreSQL server, whose secret is rotated. */
export class PostgresSubject implements Subject {
  static async start(world: World, { strategy, version = 180_000, config, before = 1 }: PostgresScenario): Promise<PostgresSubject> {
    const server = new SimulatedServer(world.time, version);
    standing.wire = new SimulatedWire(world.outside, server, ENDPOINT);
    const superuser = { username: SUPERUSER, password: FIRST_SUPERUSER_PASSWORD };
    const user = { username: 'app', password: 'the-first-password-of-the-user' };
    furnish(server, superuser, strategy === 'alternating-users' ? undefined : user);
    const superuserArn = world.secret('superuser', superuser);
    const secretArn = world.secret('app', { ...user, note: 'kept' });
    const secret = world.rotates(secretArn, HANDLERS[strategy], {
      ...ENDPOINT,
      databaseName: 'postgres',
      username: user.username,
      passwordPolicy: PASSWORD_POLICY,
      ...strategy === 'single-user' ? {} : { superuserSecretArn: superuserArn },
      ...config,
    });
    const subject = new PostgresSubject(world, server, secret, strategy, superuserArn);
    await rotateUndisturbed(world, secret, before);
    subject.backup = server.catalog.backUp();
    return subject;
  }

  /** What somebody else did has clients refused until the next rotation: a restore from a backup, a roll-back to what is no longer in force. */
  private mayBeRefused = false;
  private wasRestored = false;
  private superuserPassword = FIRST_SUPERUSER_PASSWORD;
  private backup;
  private readonly canaryBefore;

  private constructor(
    private readonly world: World,
    readonly server: SimulatedServer,
    readonly secret: RotatedSecret,
    private readonly strategy: PostgresStrategy,
    private readonly superuserArn: string,
  ) {
    this.backup = server.catalog.backUp();
    this.canaryBefore = JSON.stringify(server.role(CANARY.username));
  }

  get always(): Subject['always'] {
    return {
      ...this.strategy === 'single-user' ? { 'the password in force is in a version that carries a label': () => this.isRecoverable() } : {},
      ...this.strategy === 'alternating-users' ? { 'AWSCURRENT signs in': () => this.mayBeRefused || !this.hasRotated || this.signsIn('AWSCURRENT') } : {},
      'nobody else is changed': () => JSON.stringify(this.server.role(CANARY.username)) === this.canaryBefore,
      'nobody signs in but who is configured': () => this.server.signIns.every(({ username }) => ['app', 'app_clone', SUPERUSER].includes(username)),
    };
  }

  get finally(): Subject['finally'] {
    return {
      'AWSCURRENT signs in': () => this.signsIn('AWSCURRENT'),
      ...this.strategy === 'alternating-users' ? { 'AWSPREVIOUS signs in, too': () => this.wasRestored || this.signsIn('AWSPREVIOUS') } : {},
      'no password is told': () => isUntold(this.world, this.secret, 'password') && !/the-(first|second)-password/.test(this.world.output),
      'no rotation token is told': () => !this.world.output.includes('rotation-token-that-must-never-be-logged'),
      'unknown members of the secret are kept': () => this.secret.value(this.secret.labels.AWSCURRENT)?.note === 'kept',
    };
  }

  get state(): string {
    return JSON.stringify([labelsOf(this.secret), [...this.server.catalog.backUp()]]);
  }

  get acts(): Subject['acts'] {
    return {
      ...operatorsOf(this.secret),
      'AWSCURRENT is moved back by hand': () => this.moveBack(),
      ...this.strategy === 'single-user' ? {} : { 'the superuser\'s password is rotated': () => this.rotateSuperuser() },
      'the database is restored from a backup': () => this.restore(),
      'the server begins to refuse passwords, two in all': () => { this.server.passwordsToRefuse = 2; },
      'the server is restarted': () => this.server.restart(),
    };
  }

  calmDown(): void {
    this.server.passwordsToRefuse = 0;
  }

  /** The disturbances are over, and the next rotation is done. */
  settled(): void {
    this.mayBeRefused = false;
  }

  private get hasRotated(): boolean {
    return this.secret.labels.AWSPREVIOUS !== undefined;
  }

  private signsIn(label: string): boolean {
    const value = this.secret.value(this.secret.labels[label]);
    return value !== undefined && this.server.accepts(value as unknown as Login);
  }

  /** After a restore from a backup it is what the backup had. */
  private isRecoverable(): boolean {
    return this.mayBeRefused || this.isInLabelledVersion;
  }

  private get isInLabelledVersion(): boolean {
    return this.secret.labelled.some((versionId) => {
      const value = this.secret.value(versionId);
      return value !== undefined && this.server.accepts(value as unknown as Login);
    });
  }

  private async moveBack(): Promise<void> {
    const { AWSPREVIOUS } = this.secret.labels;
    if (AWSPREVIOUS === undefined || isBetweenGuardAndWrite(this.world)) return;
    if (!this.signsIn('AWSPREVIOUS')) this.mayBeRefused = true;
    await this.secret.moveLabel('AWSCURRENT', AWSPREVIOUS);
  }

  private async rotateSuperuser(): Promise<void> {
    this.superuserPassword = 'the-second-password-of-the-superuser';
    this.server.setPassword(SUPERUSER, this.superuserPassword);
    const value = { username: SUPERUSER, password: this.superuserPassword };
    await this.world.secretsManager.call('PutSecretValue', JSON.stringify({
      SecretId: this.superuserArn, ClientRequestToken: '00000000-0000-4000-8000-000000000000', SecretString: JSON.stringify(value),
    }), 'AKIAOPERATOR');
  }

  /** Whoever restores puts the superuser's password right. A backup older than all that labels keep is beyond a user that rotates itself. */
  private restore(): void {
    const now = this.server.catalog.backUp();
    this.server.restore(this.backup);
    this.server.setPassword(SUPERUSER, this.superuserPassword);
    if (this.strategy === 'single-user' && !this.isInLabelledVersion) return this.server.restore(now);
    this.mayBeRefused = true;
    this.wasRestored = true;
  }
}

function furnish(server: SimulatedServer, superuser: Login, user: Login | undefined): void {
  server.createRole({ name: superuser.username, createsRoles: true }, superuser.password);
  server.createRole({ name: CANARY.username }, CANARY.password);
  server.createRole({ name: 'rds_iam' });
  if (user === undefined) return;
  server.createRole({ name: user.username }, user.password);
  server.grant({ role: user.username, member: superuser.username, grantor: '', admin: true, inherit: false, set: false });
}
