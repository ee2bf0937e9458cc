import { Finding } from './finding';
import { stuckObjects } from './ownership';
import { Pair } from './pair';
import { RepairOptions, repairs } from './repairs';
import { State } from './state';
import { strangers } from './strangers';
import { PostgresRotationConfig } from '../../../../src/private/rotation-config';

/** What makes the users differ; a repair that is still needed after it was made is a difference. */
export function differences(pair: Pair, state: State, config: PostgresRotationConfig, options: RepairOptions): readonly Finding[] {
  return [...stuckObjects(pair, state, config.handOver), ...strangers(pair, state), ...repairs(pair, state, options)];
}
