import { Client } from 'pg';
import type { Hosts } from './mapped-address';
import { MappedSocket } from './mapped-socket';
import type { SignIn } from './sign-in';

const TIMEOUT_MS = 10_000;

/** Signs in as an application does, over TLS verified against the name in the secret; asks for 1; signs off. */
export function postgresSignIn(where: Hosts): SignIn {
  return async ({ host, port, username, password, dbname }) => {
    const client = new Client({
      host: String(host),
      port: Number(port),
      user: String(username),
      password: String(password),
      database: typeof dbname === 'string' ? dbname : 'postgres',
      ssl: { ca: where.caPem },
      enableChannelBinding: true,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      application_name: 'rehearsal client',
      stream: () => new MappedSocket(where),
    });
    client.on('error', () => undefined); // what matters rejects the calls below
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  };
}
