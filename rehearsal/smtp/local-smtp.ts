import { AddressInfo } from 'node:net';
import { SMTPServer, SMTPServerAuthentication, SMTPServerSession } from 'smtp-server';
import { strike, Struck } from './faults';
import { LocalSmtpOptions } from './options';
import { RecordedSignIn, SignIns } from './sign-ins';

export interface LocalSmtpAddresses {
  /** `127.0.0.1:port` that speaks TLS at once, as 465 and 2465 of SES do. */
  readonly address: string;
  /** `127.0.0.1:port` that speaks TLS after STARTTLS, as 25, 587 and 2587 do. */
  readonly startTlsAddress: string;
}

export interface RecordedMessage {
  readonly accessKeyId: string;
  readonly from: string;
  readonly to: readonly string[];
}

type Answer = (error?: Error | null) => void;

/** SES's SMTP endpoint of one region. It takes messages and delivers none. */
export class LocalSmtp {
  readonly messages: RecordedMessage[] = [];
  private readonly judge: SignIns;
  private readonly servers: readonly SMTPServer[];
  private readonly sessions = new Map<string, number>();

  constructor(private readonly options: LocalSmtpOptions) {
    this.judge = new SignIns(options);
    this.servers = [this.server(true), this.server(false)];
  }

  /** Sign-ins, in the order in which they ended. */
  get signIns(): readonly RecordedSignIn[] {
    return this.judge.recorded;
  }

  async start(): Promise<LocalSmtpAddresses> {
    const [address = '', startTlsAddress = ''] = await Promise.all(this.servers.map(listen));
    return { address, startTlsAddress };
  }

  /** Closes every connection. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map(close));
  }

  private server(secure: boolean): SMTPServer {
    const { region, certificate, key } = this.options;
    const server: SMTPServer = new SMTPServer({
      secure,
      cert: certificate,
      key,
      minVersion: 'TLSv1.2', // https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html
      name: `email-smtp.${region}.amazonaws.com`,
      authMethods: ['PLAIN', 'LOGIN'],
      disableReverseLookup: true,
      closeTimeout: 1,
      onConnect: (session, answer) => { void this.answer(server, session, answer, () => this.connect(session)); },
      onAuth: (credential, session, answer) => {
        void this.answer(server, session, error => answer(error, { user: credential.username }), () => this.signIn(session, credential));
      },
      onData: (stream, session, answer) => {
        stream.resume().once('end', () => {
          this.messages.push(messageOf(session));
          answer(null);
        });
      },
    });
    server.on('error', () => undefined); // a client that does not trust the certificate, or leaves
    return server;
  }

  private async connect(session: SMTPServerSession): Promise<void> {
    await strike(this.options.fault?.({ moment: 'connect', session: this.numberOf(session) }));
  }

  private async signIn(session: SMTPServerSession, { username, password }: SMTPServerAuthentication): Promise<void> {
    await this.judge.signIn(this.numberOf(session), username ?? '', password ?? '');
  }

  private async answer(server: SMTPServer, session: SMTPServerSession, answer: Answer, what: () => Promise<void>): Promise<void> {
    try {
      await what();
      answer(null);
    } catch (error) {
      const fault = error instanceof Struck ? error.fault : { kind: 'reply', code: 451, message: 'Temporary service failure' } as const;
      if (fault.kind === 'reply') answer(Object.assign(new Error(fault.message), { responseCode: fault.code }));
      if (fault.kind === 'lostAnswer') hangUp(server, session);
    }
  }

  private numberOf({ id }: SMTPServerSession): number {
    const number = this.sessions.get(id) ?? this.sessions.size + 1;
    this.sessions.set(id, number);
    return number;
  }
}

async function listen({ server }: SMTPServer): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** By the package's own way: a socket destroyed in the middle of STARTTLS's handshake takes Node.js with it. */
async function close(server: SMTPServer): Promise<void> {
  await new Promise<void>(resolve => { server.close(() => resolve()); });
}

/** The package gives an application no way to do so. */
function hangUp({ connections }: SMTPServer, session: SMTPServerSession): void {
  [...connections].find(connection => connection.session === session)?._socket.destroy();
}

function messageOf({ user, envelope: { mailFrom, rcptTo } }: SMTPServerSession): RecordedMessage {
  return { accessKeyId: String(user), from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address) };
}
