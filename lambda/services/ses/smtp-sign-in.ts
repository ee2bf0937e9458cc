import { once } from 'node:events';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { smtpError, tlsUnavailable, unreachable } from './smtp-errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';

export interface SmtpSignIn {
  readonly endpoint: EndpointConfig;
  readonly username: string;
  readonly password: string;
  /** Speak TLS at once; else after STARTTLS. */
  readonly tlsAtOnce: boolean;
  readonly timeoutMs: number;
  /** PEM. @default Node.js's own, with those of NODE_EXTRA_CA_CERTS */
  readonly authorities?: string;
}

/** "Connecting to an Amazon SES SMTP endpoint", Amazon SES Developer Guide: the TLS Wrapper's ports. All others begin in clear text, and need STARTTLS. */
export function speaksTlsAtOnce(port: number): boolean {
  return port === 465 || port === 2465;
}

/** Signs in at an SMTP endpoint, over verified TLS only, and sends nothing. */
export async function smtpSignIn(signIn: SmtpSignIn): Promise<void> {
  const { endpoint, username, tlsAtOnce, timeoutMs } = signIn;
  // Connected here, not by nodemailer: it asks DNS servers itself, past the function's own resolver, and tells less of what failed.
  const socket = tlsAtOnce ? connectTls({ ...endpoint, ...tlsOptions(signIn) }) : connectTcp({ ...endpoint });
  const timer = setTimeout(() => socket.destroy(timedOut()), timeoutMs).unref();
  socket.on('error', () => undefined); // one that comes while nobody waits shows at the next use
  socket.once('close', () => clearTimeout(timer));
  try {
    await once(socket, tlsAtOnce ? 'secureConnect' : 'connect');
    await converse(socket, signIn);
  } catch (error: unknown) {
    socket.destroy();
    throw smtpError(error, endpoint, username);
  }
}

/** All explicit, since NODE_TLS_REJECT_UNAUTHORIZED and --tls-min-v1.0 would change the defaults. */
function tlsOptions({ endpoint: { host }, authorities }: SmtpSignIn): ConnectionOptions {
  return { host, ca: authorities, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}) };
}

async function converse(socket: Socket, signIn: SmtpSignIn): Promise<void> {
  const { endpoint, tlsAtOnce, timeoutMs } = signIn;
  const connection = new SMTPConnection({
    ...endpoint,
    connection: socket,
    secure: tlsAtOnce,
    secured: tlsAtOnce,
    requireTLS: !tlsAtOnce,
    tls: tlsOptions(signIn),
    name: 'localhost', // the host name of a function means nothing to others
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
  });
  await accepted(connection, signIn);
  connection.quit(); // not waited for: the reply, or the time-out, closes the connection
}

/** Resolves at 235, "Authentication successful" (RFC 4954). */
function accepted(connection: SMTPConnection, { endpoint, username, password }: SmtpSignIn): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(unreachable(endpoint, 'the connection ended')));
    connection.connect((failure) => {
      if (failure) return reject(failure);
      if (!connection.secure) return reject(tlsUnavailable(endpoint, 'the connection is not encrypted')); // nodemailer promises it; nothing else stands before the password
      connection.login({ user: username, pass: password, method: 'PLAIN' }, (refusal) => (refusal ? reject(refusal) : resolve()));
    });
  });
}

/** Not one of ours, for nodemailer writes into the errors of a socket. */
function timedOut(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
