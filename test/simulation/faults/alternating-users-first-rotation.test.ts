import { describeFaults } from '../describe-faults';
import { PostgresSubject } from '../scenarios/postgres';

describeFaults('alternating users, PostgreSQL, the rotation that creates them', (world) =>
  PostgresSubject.start(world, { strategy: 'alternating-users', before: 0, config: { ownerRole: 'owner' } }));
