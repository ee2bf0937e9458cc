import { AddressInfo, createServer, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SmtpCredentials } from '../../../../lambda/services/ses/smtp-credentials';
import { smtpSignIn, SmtpSignIn } from '../../../../lambda/services/ses/smtp-sign-in';
import type { LocalIam } from '../../../../rehearsal/access-keys';
import { LocalSmtp, LocalSmtpOptions } from '../../../../rehearsal/smtp';
import { CertificateAuthority, ServerCertificate } from '../../../../rehearsal/tls/certificate-authority';
import type { SesRotationConfig } from '../../../../src/private/rotation-config';
import { CONFIG, testInvocation } from '../iam/iam-rig';

export const REGION = 'eu-central-1';
export const authority = new CertificateAuthority('test CA');
export const genuine = authority.issue({ hosts: ['localhost'] });

const closing: (() => Promise<void>)[] = [];

/** Stops what a test started. */
export async function stopServers(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

export interface RunningSmtp {
  readonly smtp: LocalSmtp;
  /** By whether TLS is spoken at once. */
  portOf(tlsAtOnce: boolean): number;
}

/** An SMTP endpoint of Amazon SES. */
export async function startSmtp(iam: LocalIam, options: Partial<LocalSmtpOptions> = {}): Promise<RunningSmtp> {
  const smtp = new LocalSmtp({ iam, region: REGION, ...genuine, ...options });
  const { address, startTlsAddress } = await smtp.start();
  closing.push(() => smtp.stop());
  return { smtp, portOf: (tlsAtOnce) => Number((tlsAtOnce ? address : startTlsAddress).split(':')[1]) };
}

export function configFor(port: number, changes: Partial<SesRotationConfig> = {}): SesRotationConfig {
  return { ...CONFIG, sesRegion: REGION, smtpEndpoint: { host: 'localhost', port }, ...changes };
}

/** At the endpoint with STARTTLS: the ports that speak TLS at once are known by their numbers. */
export function smtpCredentials({ portOf }: RunningSmtp, invocation = testInvocation(), changes: Partial<SesRotationConfig> = {}): SmtpCredentials {
  return new SmtpCredentials(configFor(portOf(false), changes), invocation, authority.certificate);
}

/** Signs in somewhere, as anybody. */
export function signIn(port: number, tlsAtOnce: boolean, changes: Partial<SmtpSignIn> = {}): Promise<void> {
  return smtpSignIn({
    endpoint: { host: 'localhost', port }, username: 'AKIASOMEBODY', password: 'PaSsWoRd-of-somebody', tlsAtOnce, timeoutMs: 3_000, authorities: authority.certificate, ...changes,
  });
}

export interface ScriptedServer {
  readonly port: number;
  /** All that clients sent, decrypted where TLS was spoken. */
  readonly received: () => string;
}

/** Gets each line; what it returns is sent. Undefined is silence. */
export type Script = (line: string, socket: Socket) => string | undefined;

/** Says what no genuine endpoint says. */
export async function startScripted(greeting: string, answer: Script, tls?: ServerCertificate): Promise<ScriptedServer> {
  let received = '';
  const sockets = new Set<Socket>();
  const talk = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (data) => {
      received += String(data);
      for (const line of String(data).split('\r\n').filter((text) => text !== '')) {
        const reply = answer(line, socket);
        if (reply !== undefined) socket.write(reply);
      }
    });
    socket.write(greeting);
  };
  const server: Server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, talk) : createServer(talk);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closing.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    sockets.forEach((socket) => socket.destroy());
  }));
  return { port: (server.address() as AddressInfo).port, received: () => received };
}
