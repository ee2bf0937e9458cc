import { createHash } from 'node:crypto';
import { Outside } from './outside';
import { unreachable } from '../../lambda/engine/contract/tls-errors';
import { RedisConnection } from '../../lambda/services/redis/connection';
import { ErrorReply, Reply } from '../../lambda/services/redis/resp';
import type { EndpointConfig } from '../../src/private/rotation-config';

const PATIENCE_MS = 5_000;

/** A node of Redis as rotations see it: users, and SHA-256 hashes of their passwords. */
export class SimulatedNode {
  private readonly users = new Map<string, Set<string>>();

  constructor(readonly endpoint: EndpointConfig) {}

  set(username: string, hashes: readonly string[]): void {
    this.users.set(username, new Set(hashes));
  }

  hashes(username: string): readonly string[] {
    return [...this.users.get(username) ?? []];
  }

  accepts(username: string, password: string): boolean {
    return this.users.get(username)?.has(hashOf(password)) ?? false;
  }

  answer([command = '', ...words]: readonly string[]): Reply {
    const [subcommand = '', username = '', ...rules] = words;
    if (command === 'AUTH') return this.accepts(subcommand, username) ? 'OK' : new ErrorReply('WRONGPASS invalid username-password pair or user is disabled.');
    if (command === 'ACL' && subcommand === 'GETUSER') return this.users.has(username) ? ['flags', ['on'], 'passwords', this.hashes(username)] : null;
    if (command === 'ACL' && subcommand === 'SETUSER') return this.change(username, rules);
    if (command === 'ACL' && (subcommand === 'SAVE' || subcommand === 'DRYRUN')) return 'OK';
    throw new Error(`the simulated Redis has no command ${command} ${subcommand}`);
  }

  /** All rules, or none: "ACL SETUSER". */
  private change(username: string, rules: readonly string[]): Reply {
    const hashes = new Set(this.users.get(username));
    for (const rule of rules) {
      if (rule.startsWith('#')) hashes.add(rule.slice(1));
      if (rule.startsWith('!') && !hashes.delete(rule.slice(1))) {
        return new ErrorReply(`ERR Error in ACL SETUSER modifier '${rule}': The password you are trying to remove from the user does not exist`);
      }
    }
    this.users.set(username, hashes);
    return 'OK';
  }
}

export function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** Connections lead to these nodes, through everything that may happen on the way. Returns how to give them back. */
export function answerRedisConnections(outside: Outside, nodes: readonly SimulatedNode[]): () => void {
  const { open } = RedisConnection;
  const simulated: Partial<typeof RedisConnection> = {
    open: async ({ endpoint }) => {
      const node = nodes.find((candidate) => candidate.endpoint.host === endpoint.host && candidate.endpoint.port === endpoint.port);
      await outside.call({
        service: 'Redis',
        what: `connect to ${endpoint.host}`,
        faults: ['killed before', 'fails before', 'unanswered', 'frozen'],
        patienceMs: PATIENCE_MS,
        effect: () => undefined,
        lost: () => unreachable(endpoint, 'ECONNRESET'),
        refusal: () => unreachable(endpoint, 'ECONNREFUSED'),
      });
      if (node === undefined) throw unreachable(endpoint, 'ECONNREFUSED');
      return new SimulatedConnection(outside, node) as unknown as RedisConnection;
    },
  };
  Object.assign(RedisConnection, simulated);
  return () => { Object.assign(RedisConnection, { open }); };
}

class SimulatedConnection {
  private isLost = false;

  constructor(private readonly outside: Outside, private readonly node: SimulatedNode) {}

  async call(...command: readonly string[]): Promise<Reply> {
    const { endpoint } = this.node;
    if (this.isLost) throw unreachable(endpoint, 'the connection ended before the answer');
    try {
      return await this.outside.call<Reply>({
        service: 'Redis',
        what: `${command.slice(0, command[0] === 'AUTH' ? 1 : 2).join(' ')} at ${endpoint.host}`,
        patienceMs: PATIENCE_MS,
        faults: command[1] === 'SETUSER'
          ? ['killed before', 'killed after', 'fails before', 'fails after', 'unanswered', 'late', 'frozen']
          : ['killed before', 'fails before', 'unanswered', 'frozen'],
        effect: () => this.node.answer(command),
        lost: () => unreachable(endpoint, 'ECONNRESET'),
        refusal: () => unreachable(endpoint, 'ECONNRESET'),
      });
    } catch (error: unknown) {
      this.isLost = true;
      throw error instanceof Error && error.name === 'TimeoutError' ? unreachable(endpoint, 'no answer') : error;
    }
  }

  end(): void {
    this.isLost = true;
  }
}
