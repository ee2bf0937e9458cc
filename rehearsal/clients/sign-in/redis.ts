import { Redis } from 'iovalkey';
import { Hosts, mappedAddress } from './mapped-address';
import type { SignIn } from './sign-in';

const TIMEOUT_MS = 10_000;

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Signs in as an application's driver does, over TLS verified against the server's name. */
export function redisSignIn(where: Hosts, otherwise?: RedisEndpoint): SignIn {
  return async ({ host = otherwise?.host, port = otherwise?.port, username, password }) => {
    const client = new Redis({
      ...mappedAddress(where, String(host), Number(port)),
      tls: { servername: String(host), ca: where.caPem },
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false, // asks for INFO, which a user may not have
      retryStrategy: () => null,
      connectTimeout: TIMEOUT_MS,
      commandTimeout: TIMEOUT_MS,
    });
    client.on('error', () => undefined); // what matters rejects the calls below
    try {
      await client.connect();
      await client.call('AUTH', String(username), String(password));
    } catch (error: unknown) {
      throw coded(error);
    } finally {
      client.disconnect();
    }
  };
}

/** An error of the driver holds the command that it is the answer to, with its arguments: only its first word is kept. */
function coded(error: unknown): Error {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string };
  return Object.assign(new Error('the sign-in failed'), { code: typeof code === 'string' ? code : /^[A-Z]+/.exec(message)?.[0] ?? 'ERROR' });
}
