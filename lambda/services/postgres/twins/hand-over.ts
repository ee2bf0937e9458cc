import { Connector } from '../connector';
import { quoteIdentifier } from '../identifiers';
import { Session } from '../session';
import { despiteContention } from './contention';
import { StoredPair } from './converge-request';
import { Converged } from './convergence';
import { Pair } from './pair';
import { actingRole, Holding, State } from './state';
import { ownedObjects } from './strangers';

/** Each object is locked against everybody: rather ask again than make the application queue behind us. */
const LOCK_TIMEOUT = '500ms';

/** What a user's own session can reach. */
export function movableObjects(state: State): readonly Holding[] {
  return ownedObjects(state).filter(holding => holding.allowsConnections && holding.mayConnect);
}

/** Hands what a user owns itself over to the role that both users act as. */
export class HandOver {
  constructor(private readonly pair: Pair, private readonly connector: Connector, private readonly fence: () => Promise<StoredPair>) {}

  async run({ state, stored }: Converged): Promise<void> {
    const acting = actingRole(this.pair, state.settings, null);
    for (const { credential } of [stored.pending, stored.current]) {
      const holdings = movableObjects(state).filter(holding => holding.login === credential.username);
      for (const database of this.databasesOf(holdings)) {
        const session = await this.connector.signIn(credential, { database, role: 'none' });
        await this.reassign(session, acting).finally(() => session.end());
      }
    }
  }

  /** What all databases share goes along with the objects of any one. */
  private databasesOf(holdings: readonly Holding[]): readonly string[] {
    const { databaseName } = this.connector.config;
    const named = holdings.map(holding => holding.database).filter(database => database !== null);
    return holdings.length > 0 && named.length === 0 ? [databaseName] : [...new Set(named)];
  }

  /** The owner itself has the rights of both sides; the superuser of a managed service has not, and is refused. */
  private async reassign(session: Session, acting: string): Promise<void> {
    await despiteContention(this.connector.invocation, async () => session.transaction(async () => {
      await session.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await this.fence();
      await session.query(`REASSIGN OWNED BY ${quoteIdentifier(session.username)} TO ${quoteIdentifier(acting)}`);
    }));
    this.connector.invocation.log.info('objects were handed over to the role that both users act as', {
      username: session.username, detail: `in database ${quoteIdentifier(session.database)}`,
    });
  }
}
