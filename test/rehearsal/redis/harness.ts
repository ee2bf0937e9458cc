import { Redis } from 'iovalkey';
import { findRedis, RedisServer, RedisServerOptions } from '../../../rehearsal/redis';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';

export interface Login {
  readonly username?: string;
  readonly password?: string;
}

export const authority = new CertificateAuthority();
const started: RedisServer[] = [];

export function redisBinary(): string {
  const binary = findRedis();
  if (binary === undefined) throw new Error('These tests need a redis-server or valkey-server on PATH, as the packages "redis-server" and "valkey-server" of Linux distributions bring it');
  return binary;
}

export async function startRedis(options: Partial<RedisServerOptions> = {}): Promise<RedisServer> {
  const server = await RedisServer.start({ binary: redisBinary(), ...authority.issue({ hosts: ['127.0.0.1'] }), ...options });
  started.push(server);
  return server;
}

export async function stopServers(): Promise<void> {
  await Promise.all(started.splice(0).map(async (server) => server.stop()));
}

/** `accepted`, or why not: an error of the server by its first word, one of the connection by its code. Without a CA the client speaks no TLS. */
export async function trySignIn(server: RedisServer, login: Login, ca: string | null = authority.certificate): Promise<string> {
  const client = new Redis({
    host: server.host,
    port: server.port,
    ...login,
    tls: ca === null ? undefined : { ca },
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let reason: unknown;
  client.on('error', (error: unknown) => { reason ??= error; });
  try {
    await client.connect();
    await client.ping();
    return 'accepted';
  } catch (error) {
    return wordOf(reason ?? error);
  } finally {
    client.disconnect();
  }
}

function wordOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.split(' ')[0] ?? '';
}
