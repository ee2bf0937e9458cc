import { Redis } from 'iovalkey';
import { Login } from './redis-settings';

export interface CommandTarget {
  readonly host: string;
  readonly port: number;
  readonly login: Login;
}

/** Sends one command over a connection of its own: nothing is left behind that a stop or a crash would break. */
export async function oneCommand({ host, port, login }: CommandTarget, [name = '', ...args]: readonly string[]): Promise<unknown> {
  const client = new Redis({
    host,
    port,
    ...login,
    tls: { rejectUnauthorized: false }, // a server of our own on loopback; its certificate may be one that clients shall refuse
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  client.on('error', (error: Error) => { reason = error; });
  try {
    await client.connect().catch((error: unknown) => { throw reason ?? error; });
    return await client.call(name, args);
  } finally {
    client.disconnect();
  }
}
