import type { TLSSocket } from 'node:tls';
import type { QueryConfig, QueryResult } from 'pg';
import { connectionLost, denied, passwordWrong } from './errors';
import { Login, SCRAM_ITERATIONS, SimulatedServer } from './server';
import { ServerSession, SessionSettings } from './session';
import { unreachable } from '../../../lambda/engine/contract/tls-errors';
import type { SignedInClient, StartedUp, StartUpRequest } from '../../../lambda/services/postgres/start-up';
import type { Wire } from '../../../lambda/services/postgres/wire';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { FaultKind, Outside } from '../outside';

const LONGEST_CALL_MS = 5_000;

/** The faults that a conversation over one connection can have: nothing in it arrives twice. */
const OF_SIGN_IN: readonly FaultKind[] = ['killed before', 'fails before', 'unanswered', 'refused', 'frozen'];
const OF_READ: readonly FaultKind[] = ['killed before', 'fails before', 'unanswered', 'frozen'];
const OF_WRITE: readonly FaultKind[] = ['killed before', 'killed after', 'fails before', 'fails after', 'unanswered', 'late', 'refused', 'frozen'];

/** The way to the simulated server, through everything that may happen on it. */
export class SimulatedWire implements Wire {
  constructor(private readonly outside: Outside, private readonly server: SimulatedServer, private readonly endpoint: EndpointConfig) {}

  async open(endpoint: EndpointConfig, timeoutMs: number): Promise<TLSSocket> {
    await this.outside.call({
      service: 'PostgreSQL',
      what: `connect to ${endpoint.host}:${endpoint.port}`,
      faults: ['killed before', 'fails before', 'unanswered', 'frozen'],
      effect: () => { if (endpoint.host !== this.endpoint.host || endpoint.port !== this.endpoint.port) throw unreachable(endpoint, 'nobody is there'); },
      patienceMs: timeoutMs,
      lost: () => unreachable(endpoint, 'ECONNRESET'),
      refusal: () => unreachable(endpoint, 'ECONNREFUSED'),
    });
    return new SimulatedSocket() as unknown as TLSSocket;
  }

  async startUp({ credential: { username, password }, database, options, timeoutMs, socket }: StartUpRequest): Promise<StartedUp> {
    const login = { username, password };
    const found = await this.outside.call<{ readonly session: ServerSession }>({
      service: 'PostgreSQL',
      what: `sign-in as ${username}`,
      faults: OF_SIGN_IN,
      effect: () => ({ session: this.server.signIn(login, database, settingsOf(options)) }),
      patienceMs: timeoutMs,
      lost: connectionLost,
      refusal: () => passwordWrong(username),
    });
    return startedUp(this.outside, found.session, login, socket);
  }
}

class SimulatedSocket {
  writable = true;
  readable = true;
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

function startedUp(outside: Outside, session: ServerSession, login: Login, socket: TLSSocket): StartedUp {
  const { server } = session;
  const stored = server.role(login.username)?.password;
  const major = server.version / 10_000;
  return {
    client: new SimulatedClient(outside, session, socket),
    record: { method: 'scram-sha-256', storedForm: async () => stored },
    warnings: session.warnings,
    parameters: new Map([['server_version', `${major}.0`], ...major < 16 ? [] : [['scram_iterations', String(SCRAM_ITERATIONS)] as const]]),
  };
}

/** What pg's client does: one statement after the other, and nothing more on a connection that is stuck. */
class SimulatedClient implements SignedInClient {
  readonly connection = { stream: { destroy: () => this.hangUp() } };
  private stuck = false;

  constructor(private readonly outside: Outside, private readonly session: ServerSession, private readonly socket: TLSSocket) {}

  async query({ text, values, ...rest }: QueryConfig): Promise<QueryResult> {
    const patienceMs = (rest as { readonly query_timeout?: number }).query_timeout ?? LONGEST_CALL_MS;
    if (this.stuck) {
      await this.outside.time.sleep(patienceMs);
      throw new Error('Query read timeout');
    }
    try {
      return await this.outside.call({
        service: 'PostgreSQL',
        what: summary(text),
        faults: faultsOf(text),
        patienceMs,
        connection: this.session,
        effect: () => this.session.query(text, values),
        lost: connectionLost,
        refusal: () => denied('by somebody'),
      });
    } catch (error: unknown) {
      this.stuck = error instanceof Error && error.name === 'TimeoutError';
      throw error;
    }
  }

  async end(): Promise<void> {
    this.hangUp();
  }

  private hangUp(): void {
    this.socket.destroy();
    this.session.hangUp();
  }
}

function faultsOf(sql: string): readonly FaultKind[] {
  if (/^\s*(SELECT|BEGIN|SET|SAVEPOINT|RELEASE|ROLLBACK)\b/.test(sql)) return OF_READ;
  return sql === 'COMMIT' ? OF_WRITE.filter((kind) => kind !== 'refused') : OF_WRITE;
}

function summary(sql: string): string {
  return sql.replace(/\s+/g, ' ').replace(/SCRAM-SHA-256\$[^']*/g, '…').trim().slice(0, 60);
}

/** Of the start-up packet: `-c name=value`. */
function settingsOf(options = ''): SessionSettings {
  return Object.fromEntries([...options.matchAll(/-c (\w+)=((?:\\.|[^ \\])*)/g)].map(([, name = '', value = '']) => [name, value.replace(/\\(.)/g, '$1')]));
}
