import { describeFaults } from '../describe-faults';
import { AccessKeysSubject } from '../scenarios/access-keys';

describeFaults('multiple credentials, access keys', (world) => AccessKeysSubject.start(world, { service: 'iam' }));
describeFaults('multiple credentials, access keys that become known slowly', (world) =>
  AccessKeysSubject.start(world, { service: 'iam', iam: { propagationMs: 4_000, listingMs: 3_000 } }));
