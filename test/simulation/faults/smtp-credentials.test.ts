import { describeFaults } from '../describe-faults';
import { AccessKeysSubject } from '../scenarios/access-keys';

describeFaults('multiple credentials, SMTP', (world) => AccessKeysSubject.start(world, { service: 'ses' }));
