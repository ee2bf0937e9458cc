import { describeFaults } from '../describe-faults';
import { PostgresSubject } from '../scenarios/postgres';

describeFaults('alternating users, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'alternating-users' }));
