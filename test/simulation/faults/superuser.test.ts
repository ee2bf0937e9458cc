import { describeFaults } from '../describe-faults';
import { PostgresSubject } from '../scenarios/postgres';

describeFaults('superuser, PostgreSQL', (world) => PostgresSubject.start(world, { strategy: 'superuser' }));
describeFaults('superuser, PostgreSQL 15, in AWS\'s own order of steps', (world) => PostgresSubject.start(world, { strategy: 'superuser', version: 150_000, config: { cutover: 'STEPWISE' } }));
