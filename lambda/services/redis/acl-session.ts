import { aclError, changedMeanwhile, rulesRefused } from './acl-errors';
import type { RedisConnection } from './connection';
import { ErrorReply, Reply } from './resp';
import type { EndpointConfig } from '../../../src/private/rotation-config';

/** A user as a node knows it. */
export interface AclUser {
  readonly flags: readonly string[];
  /** Of each password that is accepted, its SHA-256 in hexadecimal. */
  readonly hashes: readonly string[];
}

/** The session of somebody who may change users, at one node. Sends and receives hashes only. */
export class AclSession {
  constructor(private readonly connection: RedisConnection, private readonly administrator: string, private readonly endpoint: EndpointConfig) {}

  async read(username: string): Promise<AclUser | undefined> {
    const answer = await this.run('ACL', 'GETUSER', username);
    if (answer === null) return undefined;
    const members = pairs(answer);
    return { flags: texts(members.get('flags')), hashes: texts(members.get('passwords')) };
  }

  /** All rules are applied at once, or none is: a server works on a copy of the user ("ACL SETUSER"; `ACLSetUser` of acl.c). */
  async change(username: string, rules: readonly string[]): Promise<void> {
    const answer = await this.connection.call('ACL', 'SETUSER', username, ...rules);
    if (!(answer instanceof ErrorReply)) return;
    if (/password you are trying to remove from the user does not exist/.test(answer.message)) throw changedMeanwhile(username, this.endpoint);
    if (/Error in ACL SETUSER modifier/.test(answer.message)) throw rulesRefused(answer, username, this.endpoint);
    throw this.failure(answer, ['ACL', 'SETUSER']);
  }

  /** Makes a restart of the server keep the users. Returns why it will not, where the server is not set up for that. */
  async persist(): Promise<string | undefined> {
    const saved = await this.connection.call('ACL', 'SAVE');
    if (!(saved instanceof ErrorReply)) return undefined;
    if (!/not configured to use an ACL file/.test(saved.message)) throw this.failure(saved, ['ACL', 'SAVE']);
    const rewritten = await this.connection.call('CONFIG', 'REWRITE');
    if (!(rewritten instanceof ErrorReply)) return undefined;
    // Containers have none, or a read-only one; CONFIG may be renamed away.
    const [why] = /without a config file|^ERR Rewriting config file|unknown command/.exec(rewritten.message) ?? [];
    if (why === undefined) throw this.failure(rewritten, ['CONFIG', 'REWRITE']);
    return `no ACL file, and CONFIG REWRITE answers "${why}"`;
  }

  /** Whether the administrator may run a command; undefined where the server does not tell, as before version 7 ("ACL DRYRUN"). */
  async mayRun(...command: readonly string[]): Promise<boolean | undefined> {
    const answer = await this.connection.call('ACL', 'DRYRUN', this.administrator, ...command);
    return answer instanceof ErrorReply ? undefined : answer === 'OK';
  }

  private async run(...command: readonly [string, string, ...string[]]): Promise<Exclude<Reply, ErrorReply>> {
    const answer = await this.connection.call(...command);
    if (answer instanceof ErrorReply) throw this.failure(answer, command);
    return answer;
  }

  private failure(answer: ErrorReply, command: readonly string[]): Error {
    return aclError(answer, command, this.administrator, this.endpoint);
  }
}

/** In RESP2 a map is an array of keys and values by turns. */
function pairs(reply: Reply): ReadonlyMap<Reply, Reply> {
  const items = isArray(reply) ? reply : [];
  return new Map(items.flatMap((key, index) => (index % 2 === 0 ? [[key, items[index + 1] ?? null] as const] : [])));
}

function texts(reply: Reply | undefined): string[] {
  return isArray(reply) ? reply.filter((item) => typeof item === 'string') : [];
}

function isArray(reply: Reply | undefined): reply is readonly Reply[] {
  return Array.isArray(reply);
}
