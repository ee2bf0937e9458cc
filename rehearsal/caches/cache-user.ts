import { createHash } from 'node:crypto';
import { rulesOf } from './access-string';
import { CacheProblem } from './errors';
import { RedisServer } from '../redis';

const RETRY_MS = 50;

export interface CacheUserProps {
  readonly arn: string;
  /** ElastiCache's user id, MemoryDB's user name. */
  readonly id: string;
  /** The name that clients sign in with. */
  readonly username: string;
  /** ElastiCache's user groups, MemoryDB's ACLs. */
  readonly groups: readonly string[];
  readonly server: RedisServer;
  readonly modifyingMs: number;
}

/** What a change sets; what it leaves out stays. */
export interface Change {
  readonly accessString?: string;
  /** All that the user has from then on. */
  readonly passwords?: readonly string[];
}

/** A user as the control plane knows it, and its counterpart in a real server. */
export class CacheUser {
  private accessString = '';
  private passwordHashes: readonly string[] = [];
  private timer?: NodeJS.Timeout;
  private modifying = false;
  /** A change is over, but nobody has seen the user `modifying`: the next one still does. */
  private unseen = false;
  private stopped = false;

  constructor(readonly props: CacheUserProps) {}

  get status(): 'active' | 'modifying' {
    return this.modifying ? 'modifying' : 'active';
  }

  get description(): { readonly accessString: string; readonly passwordCount: number } {
    return { accessString: this.accessString, passwordCount: this.passwordHashes.length };
  }

  /** As DescribeUsers answers it, which lags behind what `status` says. */
  look(): 'active' | 'modifying' {
    const status = this.modifying || this.unseen ? 'modifying' : 'active';
    this.unseen = false;
    return status;
  }

  /** "Only active users can be modified": in the service's words, hashicorp/terraform-provider-aws#49726. */
  async change(change: Change): Promise<void> {
    if (this.modifying) throw new CacheProblem('invalidUserState', `User ${this.props.id} has status modifying. Only active users can be modified.`);
    this.remember(change);
    this.modifying = true;
    this.unseen = this.props.modifyingMs > 0;
    if (this.unseen) this.settleIn(this.props.modifyingMs, change);
    else await this.settle(change);
  }

  /** Before the service is open: the server has the user when this resolves, or it rejects. */
  async create(change: Required<Change>): Promise<void> {
    this.remember(change);
    await this.tellServer(change);
  }

  /** A change under way is not made any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private remember({ accessString, passwords }: Change): void {
    this.accessString = accessString ?? this.accessString;
    this.passwordHashes = passwords === undefined ? this.passwordHashes : [...new Set(passwords.map(sha256))];
  }

  private settleIn(milliseconds: number, change: Change): void {
    this.timer = setTimeout(() => { void this.settle(change); }, milliseconds).unref();
  }

  /** While the server is down the user stays `modifying`. */
  private async settle(change: Change): Promise<void> {
    try {
      await this.tellServer(change);
      this.modifying = false;
    } catch {
      if (!this.stopped) this.settleIn(RETRY_MS, change);
    }
  }

  /** One command, which Redis carries out as a whole: there is no moment at which it accepts a part of the list. */
  private async tellServer({ accessString }: Change): Promise<void> {
    const rules = accessString === undefined ? ['resetpass'] : ['reset', ...rulesOf(accessString)];
    await this.props.server.command('ACL', 'SETUSER', this.props.username, ...rules, ...this.passwordHashes.map(hash => `#${hash}`));
  }
}

function sha256(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}
