import { describeFaults } from '../describe-faults';
import { PostgresSubject } from '../scenarios/postgres';

describeFaults('single user, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'single-user' }));
describeFaults('single user, PostgreSQL, in AWS\'s own order of steps', (world) => PostgresSubject.start(world, { strategy: 'single-user', config: { cutover: 'STEPWISE' } }));
