import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { decode, encode, NotResp, Reply } from './resp';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';
import { address, tlsError, unreachable } from '../../engine/contract/tls-errors';

export interface ConnectionOptions {
  readonly endpoint: EndpointConfig;
  /** PEM. @default Node.js's own, with those of NODE_EXTRA_CA_CERTS */
  readonly authorities?: string;
  /** What to do about a certificate that is refused. */
  readonly certificateRemedy?: string;
  /** For the connection, and for each answer, asked anew. */
  readonly timeoutMs: () => number;
}

/** Far more than any answer to the few commands of a rotation. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** A connection to Redis or Valkey over verified TLS, for one command at a time. Once lost it stays lost: a command is never sent twice. */
export class RedisConnection {
  static async open(options: ConnectionOptions): Promise<RedisConnection> {
    const { endpoint, timeoutMs, certificateRemedy } = options;
    const socket = connect({ ...endpoint, ...tlsOptions(options) }).setNoDelay(true);
    socket.on('error', () => undefined); // one that comes while nobody waits shows at the next command
    const timer = destroyAfter(timeoutMs(), socket, endpoint, () => (socket.connecting ? 'no answer' : 'no end of the TLS handshake'));
    try {
      await once(socket, 'secureConnect');
      return new RedisConnection(socket, options);
    } catch (error: unknown) {
      socket.destroy();
      throw tlsError(error, endpoint, certificateRemedy);
    } finally {
      clearTimeout(timer);
    }
  }

  private readonly chunks: AsyncIterator<Buffer>;
  private received: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: TLSSocket, private readonly options: ConnectionOptions) {
    this.chunks = socket[Symbol.asyncIterator]();
  }

  /** Throws `NoVerdict` when no answer came: what the command asked for may or may not have happened. */
  async call(...command: readonly string[]): Promise<Reply> {
    const { endpoint, timeoutMs } = this.options;
    const timer = destroyAfter(timeoutMs(), this.socket, endpoint, () => 'no answer');
    try {
      this.socket.write(encode(command));
      return await this.answer();
    } catch (error: unknown) {
      this.end();
      if (error instanceof NotResp) throw notRedis(endpoint);
      throw error instanceof RotationError ? error : unreachable(endpoint, 'the connection ended before the answer');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Never throws. */
  end(): void {
    this.socket.destroy();
  }

  private async answer(): Promise<Reply> {
    const { endpoint } = this.options;
    for (;;) {
      const decoded = decode(this.received);
      if (decoded !== undefined) {
        this.received = this.received.subarray(decoded.end);
        return decoded.reply;
      }
      const { done, value } = await this.chunks.next();
      if (done) throw unreachable(endpoint, 'the connection was closed');
      this.received = Buffer.concat([this.received, value]);
      if (this.received.length > LONGEST_ANSWER_BYTES) throw new NotResp();
    }
  }
}

/** All explicit, since NODE_TLS_REJECT_UNAUTHORIZED and --tls-min-v1.0 would change the defaults. */
function tlsOptions({ endpoint: { host }, authorities }: ConnectionOptions): object {
  return { ca: authorities, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}) };
}

function destroyAfter(milliseconds: number, socket: TLSSocket, endpoint: EndpointConfig, missing: () => string): NodeJS.Timeout {
  return setTimeout(() => socket.destroy(unreachable(endpoint, `${missing()} within ${milliseconds} ms`)), milliseconds);
}

function notRedis(endpoint: EndpointConfig): RotationError {
  return new RotationError('MISCONFIGURED', `${address(endpoint)} does not answer as Redis or Valkey does`, {
    remedy: 'Correct the host and the port of this node in the properties of the construct',
  });
}
