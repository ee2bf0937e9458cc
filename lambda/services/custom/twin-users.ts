import { OwnUsers } from './own-users';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { RotationError } from '../../engine/contract/errors';

interface ConvergeRequest {
  readonly superuser: Credential;
  readonly fence: () => Promise<{ readonly current: StoredCredential; readonly pending: StoredCredential }>;
}

/** Two users of a service of the user's own who take turns. */
export class TwinUsers {
  constructor(private readonly users: OwnUsers) {}

  get facts(): OwnUsers['facts'] {
    return this.users.facts;
  }

  get usernames(): readonly [string, string] {
    const { username, config: { alternateUsername } } = this.users;
    if (alternateUsername !== undefined) return [username, alternateUsername];
    throw new RotationError('MISCONFIGURED', 'the function was not told the name of the second user', { remedy: 'Deploy the construct again: it sets ROTATION_CONFIG' });
  }

  /** Rights first, the password last: a pending login that works has all it needs. */
  async converge({ superuser, fence }: ConvergeRequest): Promise<void> {
    await this.users.inSession(() => this.users.signInAsSuperuser(superuser), async (session) => {
      session.assertMakesAlike();
      const { current, pending } = await fence();
      await session.makeAlike(current, pending);
      await session.setPassword((await fence()).pending.credential);
    });
  }

  async verify(credential: Credential): Promise<void> {
    await this.users.prove(credential);
  }

  async preflight(superuser: Credential): Promise<void> {
    await this.users.inSession(() => this.users.signInAsSuperuser(superuser), async (session) => {
      session.assertMakesAlike();
      await session.check(this.usernames);
    });
  }
}
