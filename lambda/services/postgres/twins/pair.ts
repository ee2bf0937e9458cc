import { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { RotationError } from '../../../engine/contract/errors';
import { quoteIdentifier } from '../identifiers';

/** The names of the two users, told apart by configuration and never by a suffix, and of the role that both act as. */
export class Pair {
  readonly first: string;
  readonly twin: string;
  readonly ownerRole?: string;

  constructor(config: PostgresRotationConfig) {
    this.first = config.username;
    this.twin = config.alternateUsername ?? `${config.username}_clone`;
    this.ownerRole = config.ownerRole;
  }

  get logins(): readonly string[] {
    return [this.first, this.twin];
  }

  /** The users that a rotation arranges, and that own nothing themselves. Without an `ownerRole` the first user is the model. */
  get arranged(): readonly string[] {
    return this.ownerRole === undefined ? [this.twin] : this.logins;
  }

  other(username: string): string {
    if (username === this.first) return this.twin;
    if (username === this.twin) return this.first;
    throw new RotationError('USERNAME_NOT_CONFIGURED', `the secret is of user ${quoteIdentifier(username)}, and the rotation is of ${this.describe()}`, {
      remedy: 'Put the version back as AWSCURRENT that holds one of these two, or change `username` and `alternateUsername` of the rotation',
    });
  }

  /** Whom to change comes from the configuration alone, whatever the secret says. */
  assertIncludes(username: string): void {
    this.other(username);
  }

  describe(): string {
    return this.logins.map(quoteIdentifier).join(' and ');
  }
}
