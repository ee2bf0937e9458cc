import { AddressInfo, createServer, Server, Socket } from 'node:net';
import { SecureContextOptions, TLSSocket } from 'node:tls';
import type { ServerCertificate } from '../../rehearsal/tls/certificate-authority';

/** PostgreSQL documentation, 55.7 "SSLRequest". */
export const SSL_REQUEST = '0000000804d2162f';

export interface ScriptedOptions {
  /** What comes instead of the `S` and the handshake that follows it. */
  readonly insteadOfTls?: (socket: Socket) => void;
  readonly certificate: ServerCertificate;
  readonly tls?: SecureContextOptions;
  /** Called with each message of the client once TLS is there; the first one, 0, is the start-up packet. */
  readonly converse?: (socket: TLSSocket, index: number, message: Buffer) => void;
}

/** A server that says what a test wants, byte by byte, and remembers all that it was sent. */
export class ScriptedPostgres {
  static async start(options: ScriptedOptions): Promise<ScriptedPostgres> {
    const server = createServer();
    const scripted = new ScriptedPostgres(server, options);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return scripted;
  }

  /** What came before TLS or in its place, the handshake included, in hex. */
  unprotected = '';
  /** What came over TLS, one text per byte. */
  protected = '';
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly options: ScriptedOptions) {
    server.on('connection', (socket) => this.accept(socket));
  }

  get endpoint(): { readonly host: string; readonly port: number } {
    return { host: 'localhost', port: (this.server.address() as AddressInfo).port };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  private accept(socket: Socket): void {
    this.connections++;
    this.track(socket).once('data', (request: Buffer) => {
      this.unprotected += request.toString('hex');
      if (this.options.insteadOfTls === undefined) return this.secure(socket);
      socket.on('data', (data: Buffer) => { this.unprotected += data.toString('hex'); });
      this.options.insteadOfTls(socket);
    });
  }

  private secure(socket: Socket): void {
    socket.write('S');
    const { certificate: { certificate: cert, key }, tls, converse } = this.options;
    const secured = this.track(new TLSSocket(socket, { isServer: true, cert, key, ...tls }));
    let index = 0;
    secured.on('data', (message: Buffer) => {
      this.protected += message.toString('latin1');
      converse?.(secured, index++, message);
    });
  }

  private track<Kind extends Socket>(socket: Kind): Kind {
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    return socket;
  }
}

/** PostgreSQL documentation, 55.7: a message is its type, its length, and its body. */
export function wireMessage(type: string, ...body: readonly (Buffer | string | number)[]): Buffer {
  const content = Buffer.concat(body.map((part) => (typeof part === 'number' ? int32(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(content.length + 4), content]);
}

export function errorResponse(sqlState: string, text: string): Buffer {
  return wireMessage('E', `SFATAL\0VFATAL\0C${sqlState}\0M${text}\0Rroutine\0\0`);
}

/** The `Authentication…` messages, by their numbers. */
export const Ask = {
  nothing: wireMessage('R', 0),
  cleartext: wireMessage('R', 3),
  md5: (salt: string) => wireMessage('R', 5, salt),
  sasl: (...mechanisms: readonly string[]) => wireMessage('R', 10, mechanisms.map((mechanism) => `${mechanism}\0`).join('') + '\0'),
  saslContinue: (text: string) => wireMessage('R', 11, text),
  saslFinal: (text: string) => wireMessage('R', 12, text),
  other: (method: number) => wireMessage('R', method),
} as const;

export const READY = Buffer.concat([wireMessage('S', 'server_version\x0018.0\0'), wireMessage('K', 1, 2), wireMessage('Z', 'I')]);

/** The nonce of a client's first SCRAM message (RFC 5802, section 7). */
export function clientNonce(message: Buffer): string {
  return /,r=([^,]+)$/.exec(message.toString('latin1'))?.[1] ?? '';
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
