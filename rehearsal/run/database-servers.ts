import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { DatabaseDefinition, masterPassword, masterUsername } from '../assembly/databases';
import { parseObject, type SecretValues } from '../assembly/secret-values';
import { managedSecretKey } from '../assembly/database-names';
import { Unresolvable } from '../assembly/unresolvable';
import type { PostgresBinaries } from '../postgres/binaries';
import { createDatabase, createMaster, MasterUser } from '../postgres/master';
import { PostgresServer } from '../postgres/server';
import { CertificateAuthority } from '../tls/certificate-authority';
import type { Target } from './targets';

/** On Amazon RDS it is `rdsadmin`, too, and nobody else's. */
const BOOTSTRAP_USER = 'rdsadmin';
const MAINTENANCE_DATABASE = 'postgres';

/** The PostgreSQL servers of a rehearsal: one for each database resource, or endpoint, that a rotation signs in to. */
export class DatabaseServers {
  readonly authority: CertificateAuthority;
  /** `name:port` to `address:port`. */
  readonly hosts: Readonly<Record<string, string>>;

  private constructor(private readonly servers: readonly PostgresServer[], entries: readonly (readonly [string, string])[], authority: CertificateAuthority) {
    this.hosts = Object.fromEntries(entries);
    this.authority = authority;
  }

  static async start(targets: readonly Target[], values: SecretValues, binaries: PostgresBinaries): Promise<DatabaseServers> {
    const authority = new CertificateAuthority();
    const servers: PostgresServer[] = [];
    const entries: (readonly [string, string])[] = [];
    try {
      for (const [target, endpoints] of merged(targets)) {
        const { certificate, key } = authority.issue({ hosts: [...new Set(endpoints.map(hostOf))] });
        const server = await PostgresServer.start({ binaries, superuser: { username: BOOTSTRAP_USER, password: randomBytes(24).toString('hex') }, certificate, key });
        servers.push(server);
        entries.push(...endpoints.map(endpoint => [endpoint, `${server.host}:${server.port}`] as const));
        await furnish(server, authority, { ...target, endpoints }, masterOf(target, values));
      }
    } catch (error: unknown) {
      await Promise.all(servers.map(server => server.stop()));
      throw error;
    }
    return new DatabaseServers(servers, entries, authority);
  }

  get version(): string {
    return this.servers[0]?.version ?? 'none';
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(server => server.stop()));
  }
}

/** Rotations of one database may each know further names of it. */
function merged(targets: readonly Target[]): (readonly [Target, readonly string[]])[] {
  const keys = [...new Set(targets.map(({ key }) => key))];
  return keys.flatMap((key) => {
    const same = targets.filter(target => target.key === key);
    return same[0] === undefined ? [] : [[same[0], [...new Set(same.flatMap(({ endpoints }) => endpoints))]] as const];
  });
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
