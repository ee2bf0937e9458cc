import { describeFaults } from '../describe-faults';
import { CacheSubject } from '../scenarios/caches';

describeFaults('multiple credentials, a user of ElastiCache', (world) => CacheSubject.start(world, 'elasticache'));
describeFaults('multiple credentials, a user of MemoryDB', (world) => CacheSubject.start(world, 'memorydb'));
