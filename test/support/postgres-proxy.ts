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

/** A sign-in, or a statement with all its messages. */
export interface Exchange {
  /** `sign-in`, or the text of the statement. */
  readonly what: string;
}

export type ExchangeAction =
  | 'pass'
  /** Both connections end, without a word. */
  | 'cut'
  /** As `cut`, after half of the bytes. Only before the server has them. */
  | 'cut halfway';

export interface ProxyScript {
  /** Asked with the parameters of each start-up packet. */
  readonly onStartUp?: (parameters: ReadonlyMap<string, string>) => WireError | 'cleartext' | undefined;
  /** Asked with each simple query. */
  readonly onQuery?: (sql: string) => QueryAction;
  /** Asked about each sign-in and statement before it reaches the server, and after the server has done it and before its answer is heard. Takes the place of `onQuery`. */
  readonly onExchange?: (exchange: Exchange, moment: 'before' | 'after') => Promise<ExchangeAction>;
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
    if (this.script.onExchange !== undefined) return new WatchedConnection(client, upstream, this.script.onExchange).signIn(packet);
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

/** Lets one exchange after the other pass: what belongs to it waits while the script is asked. */
class WatchedConnection {
  private readonly messages: Buffer[] = [];
  private readonly answers: Buffer[] = [];
  private underWay?: Exchange;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly client: Socket, private readonly upstream: Socket, private readonly ask: NonNullable<ProxyScript['onExchange']>) {}

  signIn(startUp: Buffer): void {
    const { client, upstream } = this;
    this.inTurn(() => this.begin({ what: SIGN_IN }, startUp));
    client.on('data', framed(frame => this.inTurn(() => this.fromClient(frame))));
    upstream.on('data', framed(frame => this.inTurn(() => this.fromServer(frame))));
    upstream.once('close', () => this.inTurn(() => void client.end(Buffer.concat(this.answers))));
    client.once('close', () => upstream.destroy());
  }

  private inTurn(work: () => void | Promise<void>): void {
    this.queue = this.queue.then(work);
  }

  private fromClient(frame: Buffer): void | Promise<void> {
    const type = typeOf(frame);
    if (type === 'p' || type === 'X') return void this.upstream.write(frame);
    this.messages.push(frame);
    if (type === 'Q' || type === 'S') return this.begin({ what: statementIn(this.messages) }, Buffer.concat(this.messages.splice(0)));
  }

  private async begin(exchange: Exchange, bytes: Buffer): Promise<void> {
    const action = await this.ask(exchange, 'before');
    if (action === 'cut') return this.cut();
    if (action === 'cut halfway') return void this.upstream.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => this.cut());
    this.underWay = exchange;
    this.upstream.write(bytes);
  }

  /** A sign-in is a conversation until the server says AuthenticationOk; PostgreSQL documentation, 55.2.1 "Start-up". */
  private fromServer(frame: Buffer): void | Promise<void> {
    const type = typeOf(frame);
    const isConversation = this.underWay?.what === SIGN_IN && ((type === 'R' && frame.readInt32BE(5) !== 0) || type === 'E');
    if (this.underWay === undefined || isConversation) return void this.client.write(frame);
    this.answers.push(frame);
    if (type === 'Z') return this.finish(this.underWay);
  }

  private async finish(exchange: Exchange): Promise<void> {
    if (await this.ask(exchange, 'after') !== 'pass') return this.cut();
    this.underWay = undefined;
    this.client.write(Buffer.concat(this.answers.splice(0)));
  }

  private cut(): void {
    this.answers.length = 0;
    this.upstream.destroy();
    this.client.destroy();
  }
}

const SIGN_IN = 'sign-in';

function typeOf(frame: Buffer): string {
  return String.fromCharCode(frame[0] ?? 0);
}

/** A message is a byte for its type, and a length that counts itself. */
function framed(take: (frame: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return data => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1;
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/** The text of a Query, or of a Parse, which the name of the prepared statement precedes. */
function statementIn(frames: readonly Buffer[]): string {
  const frame = frames.find(candidate => ['Q', 'P'].includes(typeOf(candidate)));
  if (frame === undefined) return 'statement';
  return frame.toString('utf8', 5).split('\0')[typeOf(frame) === 'Q' ? 0 : 1] ?? 'statement';
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
