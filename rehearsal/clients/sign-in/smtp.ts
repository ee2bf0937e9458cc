import { once } from 'node:events';
import { connect, ConnectionOptions, TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Hosts } from './mapped-address';
import { MappedSocket } from './mapped-socket';
import { NotAccepted } from './not-accepted';
import type { SecretFields, SignIn } from './sign-in';

/** "Connecting to an Amazon SES SMTP endpoint", Amazon SES Developer Guide: the TLS Wrapper's ports. */
const TLS_AT_ONCE = [465, 2465];
const TIMEOUT_MS = 10_000;

interface Conversation {
  readonly host: string;
  readonly port: number;
  /** Connected to where the host is on this machine. */
  readonly socket: MappedSocket;
  readonly caPem: string;
}

/** Signs in at the SMTP endpoint that the secret names, over TLS verified for that name; sends nothing; signs off. */
export function smtpSignIn(where: Hosts): SignIn {
  return async fields => {
    const { host, port } = { host: String(fields.host), port: Number(fields.port) };
    const socket = new MappedSocket(where);
    socket.on('error', () => undefined); // what matters rejects the calls below
    const timer = setTimeout(() => socket.destroy(new NotAccepted('ETIMEDOUT')), TIMEOUT_MS);
    try {
      await once(socket.connect(port, host), 'connect');
      await converse({ host, port, socket, caPem: where.caPem }, fields);
    } catch (error: unknown) {
      throw new NotAccepted(codeOf(error));
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  };
}

async function converse(conversation: Conversation, { username, password }: SecretFields): Promise<void> {
  const connection = await open(conversation);
  const ended = once(connection, 'end');
  await new Promise<void>((resolve, reject) => {
    connection.on('error', reject);
    ended.then(() => reject(new NotAccepted('ECONNRESET')), reject);
    connection.connect(failure => {
      if (failure) return reject(failure);
      if (!connection.secure) return reject(new NotAccepted('ETLS')); // nodemailer promises it; nothing else stands before the password
      connection.login({ user: String(username), pass: String(password) }, refusal => refusal ? reject(refusal) : resolve());
    });
  });
  connection.quit();
  await ended.catch(() => undefined); // it was signed in: how it ends is nobody's concern
}

async function open({ host, port, socket, caPem }: Conversation): Promise<SMTPConnection> {
  const secure = TLS_AT_ONCE.includes(port);
  const tls = { host, servername: host, ca: caPem };
  const connection = secure ? await encrypted(socket, tls) : socket;
  return new SMTPConnection({ host, port, connection, secure, secured: secure, requireTLS: !secure, tls, name: 'localhost', socketTimeout: TIMEOUT_MS });
}

async function encrypted(socket: MappedSocket, options: ConnectionOptions): Promise<TLSSocket> {
  const secured = connect({ ...options, socket });
  secured.on('error', () => undefined); // one that comes while nobody waits
  socket.once('close', () => secured.destroy(socket.errored ?? new NotAccepted('ECONNRESET'))); // else the time-out would go unnoticed
  await once(secured, 'secureConnect');
  return secured;
}

/** nodemailer says EAUTH to whatever AUTH is answered; only 535 is a refusal (RFC 4954). Beneath its other codes lie those of the socket. */
function codeOf(error: unknown): string {
  const { code = 'unknown', originalCode = code, responseCode } = error as { code?: string; originalCode?: string; responseCode?: number };
  if (code === 'EAUTH' && responseCode !== undefined) return responseCode === 535 ? code : String(responseCode);
  return originalCode;
}
