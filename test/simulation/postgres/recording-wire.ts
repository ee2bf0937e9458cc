import type { TLSSocket } from 'node:tls';
import { DatabaseError, QueryConfig } from 'pg';
import type { StartedUp, StartUpRequest } from '../../../lambda/services/postgres/start-up';
import type { Wire } from '../../../lambda/services/postgres/wire';
import type { EndpointConfig } from '../../../src/private/rotation-config';

/** Writes down what is said on a wire, in words that do not differ from server to server. */
export class RecordingWire implements Wire {
  constructor(private readonly wire: Wire, private readonly transcript: string[]) {}

  open(endpoint: EndpointConfig, timeoutMs: number): Promise<TLSSocket> {
    return this.wire.open(endpoint, timeoutMs);
  }

  async startUp(request: StartUpRequest): Promise<StartedUp> {
    const who = `sign-in as ${request.credential.username}`;
    const started = await this.wire.startUp(request).catch((error: unknown) => this.failed(who, error));
    this.transcript.push(`${who}: ${started.warnings.length} warnings, ${started.record.method}, provable: ${await started.record.storedForm(request.credential) !== undefined}`);
    const { client } = started;
    return { ...started, client: { connection: client.connection, end: () => client.end(), query: (statement) => this.query(client, statement) } };
  }

  private async query(client: StartedUp['client'], statement: QueryConfig): ReturnType<StartedUp['client']['query']> {
    const text = masked(statement.text.replace(/\s+/g, ' ').trim());
    const result = await client.query(statement).catch((error: unknown) => this.failed(text, error));
    this.transcript.push(`${text} ${JSON.stringify(statement.values ?? [])}: ${JSON.stringify(sorted(result.rows as object[] | undefined ?? []))}`);
    return result;
  }

  private failed(what: string, error: unknown): never {
    this.transcript.push(`${what}: ${error instanceof DatabaseError ? String(error.code) : 'no answer'}`);
    throw error;
  }
}

/** Verifiers differ by their number of iterations; long queries are told by how they begin. */
function masked(sql: string): string {
  return sql.replace(/SCRAM-SHA-256\$[^']*/g, 'SCRAM-SHA-256$…').slice(0, 120);
}

/** Sessions that ended are still counted for a moment. */
const MOMENTARY = ['sessions', 'count'];

/** Without ORDER BY the order of rows says nothing. */
function sorted(rows: readonly object[]): object[] {
  const lasting = (row: object): [string, unknown][] => Object.entries(row).filter(([name]) => !MOMENTARY.includes(name));
  const inOrder = rows.map((row) => Object.fromEntries(lasting(row).sort(([a], [b]) => (a < b ? -1 : 1))));
  return inOrder.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
