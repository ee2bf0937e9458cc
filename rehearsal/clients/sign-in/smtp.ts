import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Hosts, mappedAddress } from './mapped-address';
import type { SignIn } from './sign-in';

const TLS_AT_ONCE = [465, 2465];
const TIMEOUT_MS = 10_000;

/** Signs in at the SMTP endpoint that the secret names, over TLS verified for that name, and sends nothing. */
export function smtpSignIn(where: Hosts): SignIn {
  return async ({ host, port, username, password }) => {
    const secure = TLS_AT_ONCE.includes(Number(port));
    const tls = { servername: String(host), ca: where.caPem };
    const address = mappedAddress(where, String(host), Number(port));
    const socket = secure ? connectTls({ ...address, ...tls }) : connectTcp(address);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    try {
      await once(socket, secure ? 'secureConnect' : 'connect');
      const connection = new SMTPConnection({ host: String(host), connection: socket, secure, secured: secure, requireTLS: !secure, tls });
      await new Promise<void>((resolve, reject) => {
        connection.on('error', reject);
        connection.connect(failure => failure ? reject(failure) : connection.login(
          { user: String(username), pass: String(password), method: 'PLAIN' }, refusal => refusal ? reject(refusal) : resolve()));
      });
      connection.quit();
    } finally {
      socket.destroy();
    }
  };
}
