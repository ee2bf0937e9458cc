import { Redis } from 'iovalkey';
import { Hosts, mappedAddress } from './mapped-address';
import { NotAccepted } from './not-accepted';
import type { SecretFields, SignIn } from './sign-in';

const TIMEOUT_MS = 10_000;

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Signs in as an application does, over TLS verified against the server's name; pings. `otherwise`: where, when the secret does not say. */
export function redisSignIn(where: Hosts, otherwise?: RedisEndpoint): SignIn {
  return async fields => {
    const { host, port } = endpointOf(fields, otherwise);
    const client = new Redis({
      ...mappedAddress(where, host, port),
      tls: { servername: host, ca: where.caPem },
      lazyConnect: true,
      enableReadyCheck: false, // asks for INFO, which a user may not have
      retryStrategy: () => null,
      connectTimeout: TIMEOUT_MS,
      commandTimeout: TIMEOUT_MS,
    });
    let reason: unknown; // `connect` itself rejects with no more than that the connection is closed
    client.on('error', (error: unknown) => { reason ??= error; });
    try {
      await client.connect();
      await client.call('AUTH', String(fields.username), String(fields.password)); // not by the driver's options, with which some answers are a mere warning
      await ping(client);
    } catch (error: unknown) {
      throw new NotAccepted(codeOf(reason ?? error));
    } finally {
      client.disconnect();
    }
  };
}

function endpointOf({ host, port }: SecretFields, otherwise?: RedisEndpoint): RedisEndpoint {
  return { host: String(host ?? otherwise?.host), port: Number(port ?? otherwise?.port) };
}

/** Whom the server lets in it need not let ping. */
async function ping(client: Redis): Promise<void> {
  await client.call('PING').catch((error: unknown) => {
    if (codeOf(error) !== 'NOPERM') throw error;
  });
}

/** The socket's code, or the first word of the server's answer. */
function codeOf(error: unknown): string {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string };
  return typeof code === 'string' ? code : /^[A-Z]+(?= )/.exec(message)?.[0] ?? 'ERR';
}
