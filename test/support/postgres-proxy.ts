import { createServer, connect, Server, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { testAuthority } from './postgres';
import { ServerCertificate } from '../../rehearsal/tls/certificate-authority';

/** An ErrorResponse as a server or a pooler sends it. */
export interface WireError {
  readonly sqlState: string;
  readonly message: string;
  readonly routine?: string;
  readonly severity?: 'ERROR' | 'FATAL';
}

export type QueryAction =
  | 'forward'
  /** The server never sees the statement. */
  | 'cut before'
  /** The server does what it was asked; its answer is lost. */
  | 'cut after'
  /** The statement goes nowhere, and nothing comes back. */
  | 'silence'
  | WireError;

export interface ProxyScript {
  /** Asked with the parameters of each start-up packet. */
  readonly onStartUp?: (parameters: ReadonlyMap<string, string>) => WireError | 'cleartext' | undefined;
  /** Asked with each simple query. */
  readonly onQuery?: (sql: string) => QueryAction;
}

const PROTOCOL_VERSION_BYTES = 8;

/**
 * Stands between a client and a real server, as a pooler does: TLS ends here, and the messages pass through unless the script says
 * otherwise. The server must let it in without TLS (`host` in pg_hba.conf).
 */
export class PostgresProxy {
  static async start(upstreamPort: number): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, upstreamPort, testAuthority.issue({ hosts: ['localhost'] }));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  script: ProxyScript = {};
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly upstreamPort: number, private readonly certificate: ServerCertificate) {
    server.on('connection', socket => this.track(socket).once('data', () => this.secure(socket)));
  }

  get endpoint(): { readonly host: string; readonly port: number } {
    return { host: 'localhost', port: (this.server.address() as AddressInfo).port };
  }

  /** From now on nothing passes any more, and nobody is told. */
  freeze(): void {
    for (const socket of this.sockets) socket.pause();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }

  private track(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    return socket;
  }

  private secure(socket: Socket): void {
    socket.write('S');
    const { certificate: cert, key } = this.certificate;
    const client = new TLSSocket(socket, { isServer: true, cert, key });
    this.track(client).once('data', (startUp: Buffer) => this.startUp(client, startUp));
  }

  private startUp(client: Socket, packet: Buffer): void {
    const answer = this.script.onStartUp?.(parametersOf(packet));
    if (answer === 'cleartext') return void client.write(message('R', Buffer.from([0, 0, 0, 3])));
    if (answer !== undefined) return void client.end(errorResponse({ severity: 'FATAL', ...answer }));
    const upstream = this.track(connect(this.upstreamPort, '127.0.0.1'));
    upstream.write(packet);
    this.pump(client, upstream);
  }

  private pump(client: Socket, upstream: Socket): void {
    let answersPass = true;
    let cutAtAnswer = false;
    upstream.on('data', (data: Buffer) => {
      if (cutAtAnswer) client.destroy();
      else if (answersPass) client.write(data);
    });
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
    client.on('data', (data: Buffer) => {
      const action = data[0] === 'Q'.charCodeAt(0) ? this.script.onQuery?.(data.toString('utf8', 5, data.length - 1)) ?? 'forward' : 'forward';
      if (action === 'cut before') return void client.destroy();
      if (action === 'silence') answersPass = false;
      else if (typeof action === 'object') client.write(Buffer.concat([errorResponse(action), message('Z', Buffer.from('I'))]));
      else upstream.write(data);
      cutAtAnswer ||= action === 'cut after';
    });
  }
}

function parametersOf(packet: Buffer): Map<string, string> {
  const words = packet.toString('utf8', PROTOCOL_VERSION_BYTES).split('\0');
  return new Map(words.flatMap((word, index) => index % 2 === 0 && word !== '' ? [[word, words[index + 1] ?? '']] : []));
}

/** PostgreSQL documentation, 55.7 "ErrorResponse" and 55.8. */
function errorResponse({ severity = 'ERROR', sqlState, message: text, routine = '' }: WireError): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${sqlState}`, `M${text}`, `R${routine}`].map(field => `${field}\0`).join('');
  return message('E', Buffer.from(`${fields}\0`));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
