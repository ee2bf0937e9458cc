import type { TLSSocket } from 'node:tls';
import { Client, ClientConfig, Connection, QueryConfig, QueryResult } from 'pg';
import { SaslSession, SignInRecord } from './sign-in-record';
import type { Credential } from '../../engine/contract/credential';
import { mentions } from '../../engine/contract/mentions';

export const APPLICATION_NAME = 'cdk-secret-rotation';

/** OWASP's recommendation for PBKDF2 is above pg's default limit, and `scram_iterations` may be set to it. */
const MOST_SCRAM_ITERATIONS = 5_000_000;

/** Says nothing about the role: the operating system's collation library is newer than the database. */
const COLLATION_CHECK = 'CheckMyDatabase';

export interface StartUpRequest {
  readonly socket: TLSSocket;
  readonly credential: Credential;
  readonly database: string;
  /** The `options` of the start-up packet. */
  readonly options: string | undefined;
  readonly timeoutMs: number;
}

/** What a session uses of pg's client. */
export interface SignedInClient {
  readonly connection: { readonly stream: { destroy(): unknown } };
  query(statement: QueryConfig): Promise<QueryResult>;
  end(): Promise<void>;
}

/** A client that has just signed in. */
export interface StartedUp {
  readonly client: SignedInClient;
  readonly record: Pick<SignInRecord, 'method' | 'storedForm'>;
  /** Warnings that the server sent before it was ready. */
  readonly warnings: readonly string[];
  /** What the server reports without being asked (PostgreSQL documentation, 55.2.7). */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The server wants to see the password itself. */
export class CleartextPasswordRequested extends Error {}

/** Signs in on a connection that is encrypted and verified already. Throws what pg throws. */
export async function startUp(request: StartUpRequest): Promise<StartedUp> {
  const record = new SignInRecord();
  const client = new ExplicitClient(request);
  guardParser(client.connection);
  record.listen(client.connection, () => client.saslSession ?? undefined);
  const parameters = new Map<string, string>();
  client.connection.on('parameterStatus', (status: ParameterStatus) => parameters.set(status.parameterName, status.parameterValue));
  const warnings: string[] = [];
  client.on('notice', ({ message, routine }) => {
    if (routine !== COLLATION_CHECK) warnings.push(withoutPassword(message ?? 'a warning without text', request));
  });
  client.on('error', () => undefined); // a connection that ends while idle shows at the next statement
  try {
    await client.connect();
  } catch (error: unknown) {
    request.socket.destroy();
    if (error instanceof Error) error.message = withoutPassword(error.message, request);
    throw error;
  }
  return { client, record, parameters, warnings: [...warnings] };
}

/** A server that repeats the password has it already; the log need not. */
function withoutPassword(message: string, { credential }: StartUpRequest): string {
  return mentions(message, credential.password) ? 'message withheld' : message;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** pg completes what it is not told from `PG…` environment variables and `~/.pgpass`; this client is told everything. */
class ExplicitClient extends Client {
  declare readonly connection: Connection;
  /** Set by pg for the time of a SCRAM exchange. */
  declare readonly saslSession?: SaslSession | null;

  constructor(private readonly request: StartUpRequest) {
    const config: ClientConfig & { readonly scramMaxIterations: number } = {
      user: request.credential.username,
      database: request.database,
      password: () => request.credential.password, // by a function: pg would print what it is given itself
      host: 'unused',
      port: 1,
      ssl: false, // the stream is encrypted already
      sslnegotiation: 'postgres',
      stream: () => connected(request.socket),
      enableChannelBinding: true, // SCRAM-SHA-256-PLUS where the server offers it
      scramMaxIterations: MOST_SCRAM_ITERATIONS,
      connectionTimeoutMillis: request.timeoutMs,
    };
    super(config);
  }

  /** Called by pg; the whole start-up packet but the protocol's version. */
  getStartupConf(): Record<string, string> {
    const { credential, database, options } = this.request;
    return {
      user: credential.username, database, application_name: APPLICATION_NAME, client_encoding: 'UTF8', ...(options === undefined ? {} : { options }),
    };
  }

  /** Bound by pg in place of its own, which would send the password: at the sign-in and whenever the server asks later. */
  _handleAuthCleartextPassword(): void {
    this.connection.emit('error', new CleartextPasswordRequested());
    this.connection.stream.destroy();
  }
}

/** pg's parser throws at a message that it does not know, out of the socket's event, where nobody catches it. */
function guardParser(connection: Connection): void {
  const target = connection as Connection & { attachListeners(stream: TLSSocket): void };
  const attach = target.attachListeners.bind(target);
  target.attachListeners = (stream) => {
    attach(stream);
    const parse = stream.listeners('data').at(-1) as (chunk: Buffer) => void;
    stream.removeListener('data', parse);
    stream.on('data', (chunk: Buffer) => {
      try {
        parse(chunk);
      } catch {
        stream.destroy(new Error('the server does not speak the protocol of PostgreSQL'));
      }
    });
  };
}

/** pg connects its stream and waits for the event; this one is connected. */
function connected(socket: TLSSocket): TLSSocket {
  return Object.assign(socket, {
    connect: () => {
      setImmediate(() => socket.emit('connect'));
      return socket;
    },
  });
}
