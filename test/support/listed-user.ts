import { PasswordRejected, SignInRefused } from '../../lambda/engine/contract/errors';
import type { ChosenCredentials, SecretFields } from '../../service';

/** A user in memory whose whole list of passwords is set at a time, as that of an ElastiCache user is. */
export class ListedUser implements ChosenCredentials {
  readonly family = 'chosen';
  readonly facts = { host: 'cache' };
  accepted: readonly unknown[] = ['the-first-password'];
  readonly lists: (readonly unknown[])[] = [];
  refusals = 0;
  checked = 0;

  fieldsOf(password: string): SecretFields {
    return { username: 'app', password };
  }

  principalOf({ username }: SecretFields): string | undefined {
    return username === 'app' ? 'app' : undefined;
  }

  async apply(accepted: readonly SecretFields[], fence: () => Promise<void>): Promise<void> {
    await fence();
    const list = accepted.map(({ password }) => password);
    if (this.refusals-- > 0) throw new PasswordRejected('the policy does not like it', { remedy: 'Rotate again' });
    this.accepted = list;
    this.lists.push(list);
  }

  async verify({ password }: SecretFields): Promise<void> {
    if (!this.accepted.includes(password)) throw new SignInRefused('app', 'wrong password', { remedy: 'none' });
  }

  async check(current: SecretFields): Promise<void> {
    this.checked++;
    await this.verify(current);
  }
}
