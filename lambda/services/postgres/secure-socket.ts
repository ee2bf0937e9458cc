import { once } from 'node:events';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { tlsError, tlsUnavailable, unreachable } from '../../engine/contract/tls-errors';

/** PostgreSQL documentation, 55.7 "SSLRequest": length 8, then 1234 in the high and 5679 in the low 16 bits. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

export interface SecureSocketOptions {
  readonly endpoint: EndpointConfig;
  /** PEM. */
  readonly authorities: string;
  readonly timeoutMs: number;
}

/**
 * A TLS connection to a PostgreSQL server whose certificate was verified; nobody has signed in on it yet. The handshake is made
 * here, not by the driver, so that it can be made ahead of a sign-in, and so that each way in which it fails has its own name.
 */
export async function openSecureSocket({ endpoint, authorities, timeoutMs }: SecureSocketOptions): Promise<TLSSocket> {
  const socket = connectTcp({ ...endpoint, noDelay: true });
  const timer = setTimeout(() => socket.destroy(unreachable(endpoint, `no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    await endOr(socket, 'connect', endpoint);
    await requestTls(socket, endpoint);
    return await handshake(socket, endpoint, authorities);
  } catch (error: unknown) {
    socket.destroy();
    throw tlsError(error, endpoint);
  } finally {
    clearTimeout(timer);
  }
}

async function requestTls(socket: Socket, endpoint: EndpointConfig): Promise<void> {
  const answered = endOr(socket, 'data', endpoint);
  socket.write(SSL_REQUEST);
  const [answer] = await answered;
  if (!(answer instanceof Buffer)) throw unreachable(endpoint, 'no answer');
  if (answer[0] === 0x45) throw unreachable(endpoint, 'the server answered with an error'); // 'E': it could not start a session
  if (answer[0] !== 0x53) throw tlsUnavailable(endpoint, 'the server does not offer TLS');
  // Bytes sent along with the 'S' were not protected by TLS: somebody injected them (CVE-2021-23222).
  if (answer.length > 1) throw tlsUnavailable(endpoint, 'there were unencrypted bytes in the TLS negotiation');
}

async function handshake(socket: Socket, endpoint: EndpointConfig, authorities: string): Promise<TLSSocket> {
  const { host } = endpoint;
  // All explicit, since NODE_TLS_REJECT_UNAUTHORIZED and --use-openssl-ca would change the defaults.
  const secure = connectTls({
    socket, host, ca: authorities, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  secure.on('error', () => undefined); // one that comes while nobody waits shows at the next use
  socket.on('error', () => undefined);
  await endOr(secure, 'secureConnect', endpoint);
  return secure;
}

/** Waits for the event, or throws when the connection fails or ends first. */
async function endOr(socket: Socket, event: string, endpoint: EndpointConfig): Promise<unknown[]> {
  const ended = new AbortController();
  const closed = once(socket, 'close', { signal: ended.signal }).then(() => { throw unreachable(endpoint, 'the connection was closed'); });
  try {
    return await Promise.race([once(socket, event), closed]);
  } finally {
    ended.abort();
  }
}
