import { quoteIdentifier } from '../identifiers';
import { Finding } from './finding';
import { Pair } from './pair';
import { actingRole, Holding, State } from './state';
import { ownedObjects, where } from './strangers';

/** Objects of a user itself that no hand-over will move. */
export function stuckObjects(pair: Pair, state: State, handOver: boolean | undefined): readonly Finding[] {
  return ownedObjects(state).flatMap(holding => {
    const remedy = handOver === true ? wayIn(pair, state, holding) : TURN_ON;
    return remedy === undefined ? [] : [{ what: `${quoteIdentifier(holding.login)} itself owns ${where(holding).replace(/^on /, '')}`, remedy }];
  });
}

const TURN_ON = 'Set `handOver: true`: the rotation then lets each user hand its objects over to the role that both act as (REASSIGN OWNED, in a session of its own)';

/** Only the user's own session in that very database may hand its objects over. */
function wayIn(pair: Pair, state: State, { database, allowsConnections, mayConnect }: Holding): string | undefined {
  if (database === null || (allowsConnections && mayConnect)) return undefined;
  if (!allowsConnections) return `ALTER DATABASE ${quoteIdentifier(database)} ALLOW_CONNECTIONS true: the objects are handed over in a session there`;
  return `GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(actingRole(pair, state.settings, null))}: the objects are handed over in a session there`;
}
