import { createHash } from 'node:crypto';
import { permissionDenied, userMissing, userNeedsNoPassword, userOff } from './acl-errors';
import { AclSession, AclUser } from './acl-session';
import type { RedisConnection } from './connection';
import type { SignIn } from './sign-in';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import type { Credential } from '../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';
import { address } from '../../engine/contract/tls-errors';

/** Who may change the user: a superuser, or the user itself with one of these passwords, tried in this order. */
export interface Administrator {
  readonly kind: 'superuser' | 'the user itself';
  readonly candidates: readonly Credential[];
}

export interface ManagedUser {
  readonly username: string;
  /** For a user that does not exist; without them that is an error. */
  readonly rules: readonly string[] | undefined;
}

/** The user at one node. Changes of users are not replicated: each node, replicas included, is told and asked by itself. */
export class UserOnNode {
  constructor(
    private readonly user: ManagedUser, private readonly endpoint: EndpointConfig,
    private readonly signIn: SignIn, private readonly invocation: Invocation,
  ) {}

  /** Throws what would hinder a change; changes nothing. */
  async inspect(administrator: Administrator): Promise<void> {
    await this.asAdministrator(administrator, (session) => this.read(session));
  }

  /**
   * Makes the node accept these passwords and no other. Only hashes that were read before the fence are removed: an invocation that was overtaken after its
   * fence can't remove one that came later. A node that is right already gets no such command, but saves once more: an earlier attempt may have ended in between.
   */
  async converge(administrator: Administrator, accepted: readonly Credential[], fence: () => Promise<void>): Promise<void> {
    const { username, rules = [] } = this.user;
    const hashes = accepted.map(hashOf);
    await this.asAdministrator(administrator, async (session) => {
      const found = await this.read(session);
      const change = [...(found ? [] : ['on', ...rules]), ...difference(found?.hashes ?? [], hashes)];
      if (change.length > 0) {
        await fence();
        await session.change(username, change);
      }
      const forgetful = await session.persist();
      if (forgetful !== undefined) this.warnOfRestart(forgetful);
    });
  }

  /** Checks, without changing anything, all that `converge` will need. */
  async check(administrator: Administrator, current: Credential): Promise<void> {
    await this.asAdministrator(administrator, async (session, { username }) => {
      const found = await this.read(session);
      if (found && !found.hashes.includes(hashOf(current))) throw currentNotAccepted(current.username, this.endpoint);
      for (const [name, subcommand, ...rest] of [['ACL', 'SETUSER', this.user.username], ['ACL', 'SAVE']] as const) {
        if (await session.mayRun(name, subcommand, ...rest) === false) throw permissionDenied(name, subcommand, username, this.endpoint);
      }
      if (await session.mayRun('CONFIG', 'REWRITE') === false) this.note(`"${username}" may not run CONFIG REWRITE, which a server without an ACL file needs`);
    });
  }

  verify(credential: Credential): Promise<void> {
    return this.signIn.verify(credential, this.endpoint);
  }

  private async read(session: AclSession): Promise<AclUser | undefined> {
    const { username, rules } = this.user;
    const found = await session.read(username);
    if (found === undefined && rules === undefined) throw userMissing(username, this.endpoint);
    if (found?.flags.includes('off')) throw userOff(username, this.endpoint);
    if (found?.flags.includes('nopass')) throw userNeedsNoPassword(username, this.endpoint);
    return found;
  }

  private asAdministrator(administrator: Administrator, work: (session: AclSession, who: Credential) => Promise<unknown>): Promise<void> {
    const { deadline, measurements } = this.invocation;
    const attempt = async (): Promise<void> => {
      const { connection, who } = await this.signInAs(administrator);
      try {
        await work(new AclSession(connection, who.username, this.endpoint), who);
      } finally {
        connection.end();
      }
    };
    return deadline.retry(attempt, (error) => error instanceof NoVerdict, () => { measurements.retries++; });
  }

  private async signInAs({ kind, candidates }: Administrator): Promise<{ readonly connection: RedisConnection; readonly who: Credential }> {
    let refused: SignInRefused | undefined;
    for (const who of candidates) {
      try {
        return { connection: await this.signIn.open(who, this.endpoint), who };
      } catch (error: unknown) {
        if (!(error instanceof SignInRefused)) throw error;
        refused = error;
      }
    }
    throw kind === 'superuser' && refused ? superuserRefused(refused) : refused;
  }

  private warnOfRestart(why: string): void {
    this.note(`a restart of this node forgets the passwords that rotations set: ${why}`);
  }

  private note(detail: string): void {
    this.invocation.log.warn('a node needs attention', { endpoint: address(this.endpoint), username: this.user.username, detail });
  }
}

/** "ACL SETUSER": `#` adds a hash and `!` removes one, which must be there. */
function difference(found: readonly string[], wanted: readonly string[]): string[] {
  const [added, removed] = [wanted.filter((hash) => !found.includes(hash)), found.filter((hash) => !wanted.includes(hash))];
  return [...new Set(added.map((hash) => `#${hash}`)), ...removed.map((hash) => `!${hash}`)];
}

/** As Redis stores a password: unsalted, which a long random one needs not. */
function hashOf({ password }: Credential): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

function superuserRefused({ username, reason }: SignInRefused): RotationError {
  return new RotationError('SUPERUSER_REFUSED', reason, {
    remedy: `Store the password of "${username}" in the superuser's secret, and see that this user exists at every node. Nothing was changed`,
  });
}

/** Found by the hash: a preflight makes no failed sign-in. A rotation would remove what clients use. */
function currentNotAccepted(username: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('SIGN_IN_REFUSED', `the password of AWSCURRENT is none of those that "${username}" has at ${address(endpoint)}`, {
    remedy: 'Store the password that clients use in the secret, or add that of AWSCURRENT to the user (ACL SETUSER): a rotation keeps the new one and AWSCURRENT\'s, and removes all others',
  });
}
