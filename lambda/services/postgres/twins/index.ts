import { Credential } from '../../../engine/contract/credential';
import { Connector } from '../connector';
import { describeDatabase } from '../description';
import { signInAsSuperuser } from '../managed-user';
import { lockRole } from '../role-lock';
import { Session } from '../session';
import { assertWriter } from '../writer';
import { ConvergeRequest } from './converge-request';
import { Converged, Convergence } from './convergence';
import { errorOf } from './finding';
import { HandOver, movableObjects } from './hand-over';
import { stuckObjects } from './ownership';
import { Pair } from './pair';
import { Preflight } from './preflight';
import { Verification } from './verification';

export type { ConvergeRequest, StoredPair } from './converge-request';

/** Sessions that do not act as the common role yet may create objects while others are handed over. */
const MOST_HAND_OVERS = 2;

/** Two users of PostgreSQL that act as the same role, so that whatever either creates, the other can use, alter and drop. */
export class Twins {
  readonly facts: Readonly<Record<string, string | number>>;
  private readonly pair: Pair;

  constructor(private readonly connector: Connector) {
    this.facts = { ...describeDatabase(connector.config) };
    this.pair = new Pair(connector.config);
  }

  get usernames(): readonly [string, string] {
    return [this.pair.first, this.pair.twin];
  }

  /** The other of the two usernames; USERNAME_NOT_CONFIGURED if it is neither. */
  other(username: string): string {
    return this.pair.other(username);
  }

  /**
   * Makes both users equal and sets the pending one's password, in one transaction. The password of AWSCURRENT stays. Objects that a user itself
   * owns are handed over afterwards, and only then does the user of AWSCURRENT begin to act as the common role.
   */
  async converge({ superuser, fence }: ConvergeRequest): Promise<void> {
    await this.asSuperuser(superuser, async session => {
      await assertWriter(session, this.connector.config);
      await lockRole(session, this.pair.first, this.connector.invocation);
      await this.convergeAndHandOver(session, fence);
    });
  }

  /** Signs in at the target and at each of `verifyEndpoints`, and asserts whom the session acts as. */
  async verify(credential: Credential): Promise<void> {
    this.pair.assertIncludes(credential.username);
    await new Verification(this.pair, this.connector).verify(credential);
  }

  /** Checks without changing anything all that a rotation will need; PREFLIGHT_FAILED names every problem and its remedy. */
  async preflight(superuser: Credential, current: Credential): Promise<void> {
    this.pair.assertIncludes(current.username);
    await this.asSuperuser(superuser, async session => new Preflight(this.pair, this.connector).run(session, current));
  }

  private async convergeAndHandOver(session: Session, fence: ConvergeRequest['fence']): Promise<void> {
    const { config, invocation } = this.connector;
    const convergence = new Convergence(this.pair, config, invocation);
    const handOver = new HandOver(this.pair, this.connector, fence);
    for (let handOvers = 0; ; handOvers++) {
      const converged = await convergence.run(session, fence);
      if (config.handOver !== true || movableObjects(converged.state).length === 0) return;
      if (handOvers === MOST_HAND_OVERS) throw this.stillCreating(converged);
      await handOver.run(converged);
    }
  }

  private stillCreating({ state }: Converged): Error {
    const found = stuckObjects(this.pair, state, false).map(({ what }) => ({
      what, remedy: 'Sessions that signed in before this rotation keep creating objects: end them, and rotate again',
    }));
    return errorOf('DRIFT', 'after the hand-over', found);
  }

  private async asSuperuser<T>(superuser: Credential, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await signInAsSuperuser(this.connector, superuser);
    return work(session).finally(async () => session.end());
  }
}
