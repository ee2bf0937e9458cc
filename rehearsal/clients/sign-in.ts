import { Socket } from 'node:net';
import { Client } from 'pg';
import type { DatabaseCredential } from './secret-reader';
import type { ClientsSettings } from './settings';

export type Hosts = Pick<ClientsSettings, 'hosts' | 'caPem'>;

const TIMEOUT_MS = 10_000;

/** Signs in as an application does, over TLS verified against the name in the secret; asks for 1; signs off. */
export class SignIn {
  constructor(private readonly where: Hosts) {}

  async run({ host, port, username, password, dbname }: DatabaseCredential): Promise<void> {
    const client = new Client({
      host,
      port,
      user: username,
      password,
      database: dbname ?? 'postgres',
      ssl: { ca: this.where.caPem },
      enableChannelBinding: true,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      application_name: 'rehearsal client',
      stream: () => new MappedSocket(this.where.hosts),
    });
    client.on('error', () => undefined); // what matters rejects the calls below
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Connects to where a made-up name is on this machine; pg above it knows the name alone, and verifies it. */
class MappedSocket extends Socket {
  constructor(private readonly hosts: Hosts['hosts']) {
    super();
  }

  override connect(...args: unknown[]): this {
    const [port, host] = args;
    const mapped = this.hosts[`${String(host)}:${String(port)}`];
    if (mapped === undefined) return this.destroy(new UnknownHostError());
    const separator = mapped.lastIndexOf(':');
    return super.connect(Number(mapped.slice(separator + 1)), mapped.slice(0, separator));
  }
}

/** The secret names a host that the rehearsal does not stand in for. */
class UnknownHostError extends Error {
  readonly code = 'ENOTFOUND';
}
