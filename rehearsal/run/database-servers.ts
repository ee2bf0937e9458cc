import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import type { Target } from './targets';
import { managedSecretKey } from '../assembly/database-names';
import { DatabaseDefinition, masterPassword, masterUsername } from '../assembly/databases';
import { parseObject, type SecretValues } from '../assembly/secret-values';
import { Unresolvable } from '../assembly/unresolvable';
import type { PostgresBinaries } from '../postgres/binaries';
import { createDatabase, createMaster, MasterUser } from '../postgres/master';
import { PostgresServer } from '../postgres/server';
import { CertificateAuthority } from '../tls/certificate-authority';

/** On Amazon RDS it is `rdsadmin`, too, and nobody else's. */
const BOOTSTRAP_USER = 'rdsadmin';
const MAINTENANCE_DATABASE = 'postgres';

/** The PostgreSQL servers of a rehearsal: one for each database resource, or endpoint, that a rotation signs in to. */
export class DatabaseServers {
  static async start(
    targets: readonly Target[], values: SecretValues, binaries: PostgresBinaries, authority: CertificateAuthority,
  ): Promise<DatabaseServers> {
    const servers = new DatabaseServers(binaries, authority);
    try {
      for (const target of merged(targets)) await servers.add(target, masterOf(target, values));
      return servers;
    } catch (error: unknown) {
      await servers.stop();
      throw error;
    }
  }

  private readonly servers = new Map<string, PostgresServer>();
  private readonly addresses = new Map<string, string>();

  private constructor(private readonly binaries: PostgresBinaries, private readonly authority: CertificateAuthority) {}

  /** `name:port` to `address:port`. */
  get hosts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.addresses);
  }

  /** What they stand in for: paths of database resources, or endpoints. */
  get names(): readonly string[] {
    return [...this.servers.keys()];
  }

  get version(): string {
    return [...this.servers.values()][0]?.version ?? 'none';
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map(server => server.stop()));
  }

  private async add(target: Target, master: MasterUser): Promise<void> {
    const { certificate, key } = this.authority.issue({ hosts: [...new Set(target.endpoints.map(hostOf))] });
    const superuser = { username: BOOTSTRAP_USER, password: randomBytes(24).toString('hex') };
    const server = await PostgresServer.start({ binaries: this.binaries, superuser, certificate, key });
    this.servers.set(target.key, server);
    target.endpoints.forEach(endpoint => this.addresses.set(endpoint, `${server.host}:${server.port}`));
    await furnish(server, this.authority, target, master);
  }
}

/** Rotations of one database may each know further names of it. */
function merged(targets: readonly Target[]): readonly Target[] {
  const byKey = new Map<string, Target>();
  for (const target of targets) {
    const { endpoints = [] } = byKey.get(target.key) ?? {};
    byKey.set(target.key, { ...target, endpoints: [...new Set([...endpoints, ...target.endpoints])] });
  }
  return [...byKey.values()];
}

function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':'));
}

/** As the database resource says, or the secret that stands for the master of an endpoint. */
export function masterOf({ database, masterSecret }: Target, values: SecretValues): MasterUser {
  if (database !== undefined && !database.managesMasterPassword) {
    return { username: masterUsername(values.resolver, database), password: masterPassword(values.resolver, database) };
  }
  const secret = masterSecret ?? (database === undefined ? undefined : managedSecretOf(database, values));
  const { username, password } = parseObject(secret === undefined ? undefined : values.valueOf(secret));
  if (typeof username !== 'string' || typeof password !== 'string') throw new Unresolvable(`the secret ${secret?.constructPath} of the master user has no username and password`);
  return { username, password };
}

function managedSecretOf(database: DatabaseDefinition, values: SecretValues) {
  return values.definition(values.arnOf(managedSecretKey(database.resource)) ?? '');
}

/** As CloudFormation would: the master user, and the database that the resource names. */
async function furnish(server: PostgresServer, authority: CertificateAuthority, target: Target, master: MasterUser): Promise<void> {
  const client = new Client({
    host: server.host,
    port: server.port,
    user: server.superuser.username,
    password: server.superuser.password,
    database: MAINTENANCE_DATABASE,
    ssl: { ca: authority.certificate, servername: hostOf(target.endpoints[0] ?? '') },
  });
  await client.connect();
  try {
    await createMaster(client, master);
    await client.query(`ALTER DATABASE ${MAINTENANCE_DATABASE} OWNER TO ${escapeIdentifier(master.username)}`);
    const { databaseName = MAINTENANCE_DATABASE } = target;
    if (databaseName !== MAINTENANCE_DATABASE) await createDatabase(client, databaseName, master.username);
  } finally {
    await client.end();
  }
}
