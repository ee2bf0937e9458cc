import type { PostgresRotationConfig } from '../../../src/private/rotation-config';

/** What the secret says about the database besides the credential: the structure that AWS documents for PostgreSQL secrets. */
export type PostgresDescription = {
  readonly engine: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
};

/** Written into every version from the configuration alone, for where clients connect. */
export function describeDatabase(config: PostgresRotationConfig): PostgresDescription {
  const { host, port } = config.clientEndpoint ?? config;
  return { engine: 'postgres', host, port, dbname: config.databaseName };
}
