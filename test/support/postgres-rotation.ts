import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { BOOTSTRAP, Login, MASTER, testAuthority, TestPostgres, uniqueName } from './postgres';
import { PASSWORD_POLICY, RigOptions, RotationRig } from './rotation-rig';
import { AlternatingUsersStrategy } from '../../lambda/alternating-users/strategy';
import { Invocation } from '../../lambda/engine/contract/invocation';
import { RotationStrategy } from '../../lambda/engine/strategy';
import { Connector } from '../../lambda/services/postgres/connector';
import { ManagedUser } from '../../lambda/services/postgres/managed-user';
import { OwnUser } from '../../lambda/services/postgres/own-user';
import { Twins } from '../../lambda/services/postgres/twins';
import { TlsWire } from '../../lambda/services/postgres/wire';
import { SingleUserStrategy } from '../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../lambda/superuser/strategy';
import { CA_DIRECTORY, CUSTOM_CA_FILE, PostgresRotationConfig } from '../../src/private/rotation-config';

export type StrategyKind = 'single-user' | 'superuser' | 'alternating-users';

export interface PostgresRotationOptions extends Partial<Omit<RigOptions<PostgresRotationConfig>, 'config' | 'strategy' | 'secretString'>> {
  readonly config?: Partial<PostgresRotationConfig>;
  /** What AWSCURRENT holds besides username and password. */
  readonly secretFields?: Record<string, unknown>;
}

/** A rotation of a user of a real server: the rig, and what a test wants to know of the database. */
export class PostgresRotation {
  static async start(kind: StrategyKind, postgres: TestPostgres, options: PostgresRotationOptions = {}): Promise<PostgresRotation> {
    const user = { username: options.config?.username ?? uniqueName('app'), password: 'the-first-password' };
    if (kind !== 'alternating-users') await createUser(postgres, user, kind);
    const { config, secretFields, ...rigOptions } = options;
    const superuser: { arn?: string } = {};
    const rig: RotationRig = await RotationRig.start<PostgresRotationConfig>({
      config: configuration(postgres, user.username, config),
      strategy: (read, invocation) => strategyOf(kind, { superuserSecretArn: superuser.arn, ...read }, invocation),
      secretString: JSON.stringify({ ...user, ...secretFields }),
      ...rigOptions,
    });
    superuser.arn = rig.secretsManager.createSecret({ name: uniqueName('superuser'), secretString: JSON.stringify(MASTER) }).arn;
    return new PostgresRotation(rig, postgres, user, superuser.arn);
  }

  private constructor(readonly rig: RotationRig, readonly postgres: TestPostgres, readonly user: Login, readonly superuserArn: string) {}

  /** How many of all the passwords that the secret ever held are in what the function wrote. */
  leakedPasswords(): number {
    const { versions } = this.rig.secretsManager.snapshot(this.rig.secretArn);
    return versions.filter(({ versionId, hasValue }) => hasValue && this.rig.output.includes(String(this.rig.value(versionId)?.password))).length;
  }

  /** Versions, labelled or not, whose password the server accepts now: compared with what it stores, so nobody signs in. */
  async versionsInForce(): Promise<string[]> {
    const inForce: string[] = [];
    for (const { versionId, hasValue } of this.rig.secretsManager.snapshot(this.rig.secretArn).versions) {
      if (hasValue && await this.isInForce(versionId)) inForce.push(versionId);
    }
    return inForce;
  }

  async isInForce(versionId: string): Promise<boolean> {
    const { username, password } = this.rig.value(versionId) as unknown as Login;
    return matches(await this.postgres.storedPassword(username), password);
  }

  /** Whether what the secret calls AWSCURRENT signs in for real. */
  async currentSignsIn(): Promise<string> {
    const { username, password } = this.rig.labelled('AWSCURRENT') as unknown as Login;
    return this.postgres.trySignIn({ username, password });
  }

  stop(): Promise<void> {
    return this.rig.stop();
  }
}

/** Trusts the test's CA as a construct's `certificateAuthority` makes the function trust it. */
export function connector(config: PostgresRotationConfig, invocation: Invocation): Connector {
  return new Connector(config, invocation, new TlsWire(true, { bundle, region: 'us-east-1', runtimeFile: 'none' }));
}

export function configuration(postgres: TestPostgres, username: string, overrides: Partial<PostgresRotationConfig> = {}): PostgresRotationConfig {
  return { ...postgres.endpoint, databaseName: 'postgres', passwordPolicy: PASSWORD_POLICY, ...overrides, username };
}

const bundle = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-bundle-'));
mkdirSync(join(bundle, CA_DIRECTORY));
writeFileSync(join(bundle, CA_DIRECTORY, CUSTOM_CA_FILE), testAuthority.certificate);

function strategyOf(kind: StrategyKind, config: PostgresRotationConfig, invocation: Invocation): RotationStrategy {
  const connected = connector(config, invocation);
  if (kind === 'single-user') return new SingleUserStrategy(new OwnUser(connected), config);
  if (kind === 'superuser') return new SuperuserStrategy(new ManagedUser(connected), config);
  return new AlternatingUsersStrategy(new Twins(connected), config);
}

/** The superuser strategies may change only users that the master made, from version 16. */
async function createUser(postgres: TestPostgres, { username, password }: Login, kind: StrategyKind): Promise<void> {
  const client = await postgres.connect(kind === 'superuser' ? MASTER : BOOTSTRAP);
  await client.query(`CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await client.end();
}

function matches(stored: string | null | undefined, password: string): boolean {
  return stored !== null && stored !== undefined && verifierMatches(stored, password);
}

/** RFC 5802: StoredKey of the password under the salt and iterations of the stored verifier. */
function verifierMatches(stored: string, password: string): boolean {
  const [, iterations = '', salt = '', storedKey = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  return createHash('sha256').update(createHmac('sha256', salted).update('Client Key').digest()).digest('base64') === storedKey;
}
