import type { DatabaseDefinition } from '../assembly/databases';
import { findDatabases } from '../assembly/databases';
import { findSecret, RotationDefinition } from '../assembly/discovery';
import { parseObject, type SecretValues } from '../assembly/secret-values';
import type { SecretDefinition } from '../assembly/secrets';
import { Unresolvable } from '../assembly/unresolvable';

/** Where a rotation signs in: a database of the assembly, or an endpoint that stands in no template. */
export interface Target {
  /** Targets with the same key are one server. */
  readonly key: string;
  /** Names and ports under which it is reached, `name:port`. */
  readonly endpoints: readonly string[];
  readonly database?: DatabaseDefinition;
  readonly databaseName?: string;
  /** Of an endpoint: whose user is the master there. */
  readonly masterSecret?: SecretDefinition;
}

/** What a function's configuration or a secret's JSON says of where to sign in. */
interface Connection {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly databaseName?: unknown;
  readonly dbname?: unknown;
}

/** Finds what a rotation signs in to; throws `Unresolvable` with the remedy where the assembly does not tell. */
export class Targets {
  private readonly databases: readonly DatabaseDefinition[];

  /** @param superusers logical ids of the secrets whose users are masters of endpoints */
  constructor(private readonly values: SecretValues, private readonly superusers: readonly string[]) {
    this.databases = findDatabases(values.resolver);
  }

  of(rotation: RotationDefinition): Target {
    const { config, secret } = rotation;
    if (config?.superuserSecretArn !== undefined) findSecret(this.values, config.superuserSecretArn);
    const value = parseObject(this.values.valueOf(secret));
    const attached = config === undefined ? this.values.attachedDatabase(secret) : undefined;
    const database = attached ?? this.databaseAt(config ?? value);
    if (database !== undefined) return this.ofDatabase(database, rotation);
    if (value.engine !== undefined && !/^(aurora-)?postgres(ql)?$/.test(String(value.engine))) throw new Unresolvable(`its secret is of ${String(value.engine)}; the rehearsal knows PostgreSQL alone`);
    return this.ofEndpoint(config ?? value, rotation);
  }

  private databaseAt({ host, port }: Connection): DatabaseDefinition | undefined {
    return this.databases.find(database => database.hosts.includes(String(host)) && database.port === Number(port ?? database.port));
  }

  private ofDatabase(database: DatabaseDefinition, rotation: RotationDefinition): Target {
    if (!database.isPostgres) throw new Unresolvable(`${database.constructPath} is of the engine ${database.engine}; the rehearsal knows PostgreSQL alone`);
    return {
      key: database.constructPath,
      endpoints: unique([...database.hosts.map(host => `${host}:${database.port}`), ...furtherEndpoints(rotation)]),
      database,
      databaseName: database.databaseName,
    };
  }

  private ofEndpoint(at: Connection, rotation: RotationDefinition): Target {
    if (typeof at.host !== 'string') throw new Unresolvable('nothing in the assembly tells which database it signs in to: its secret has no host and no attachment');
    const endpoint = `${at.host}:${Number(at.port ?? 5432)}`;
    return {
      key: endpoint,
      endpoints: unique([endpoint, ...furtherEndpoints(rotation)]),
      databaseName: String(at.databaseName ?? at.dbname ?? 'postgres'),
      masterSecret: this.masterOf(endpoint, rotation),
    };
  }

  private masterOf(endpoint: string, { secret, config }: RotationDefinition): SecretDefinition {
    const superuser = config?.superuserSecretArn === undefined ? secret : findSecret(this.values, config.superuserSecretArn);
    const named = [superuser, secret].find(({ resource }) => this.superusers.includes(resource.logicalId));
    if (named !== undefined) return named;
    throw new Unresolvable(`it signs in to ${endpoint}, which no database of the assembly stands for. `
      + `Name the secret of the user that is master there: --superuser ${superuser.resource.logicalId}`);
  }
}

/** Readers to verify at and proxies to hand to clients lead to the same server. */
function furtherEndpoints({ config }: RotationDefinition): string[] {
  const further = [...config?.verifyEndpoints ?? [], ...config?.clientEndpoint === undefined ? [] : [config.clientEndpoint]];
  return [...config === undefined ? [] : [`${config.host}:${config.port}`], ...further.map(({ host, port }) => `${host}:${port}`)];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
