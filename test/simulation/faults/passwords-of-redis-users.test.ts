import { describeFaults } from '../describe-faults';
import { RedisSubject } from '../scenarios/redis';

describeFaults('multiple credentials, a user of Redis, by a superuser', (world) => RedisSubject.start(world, 'superuser'));
describeFaults('multiple credentials, a user of Redis, by itself', (world) => RedisSubject.start(world, 'itself'));
