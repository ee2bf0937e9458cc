import { describeFaults } from '../describe-faults';
import { CustomSubject } from '../scenarios/custom';

describeFaults('single user, a service of one\'s own', (world) => CustomSubject.start(world, 'single-user'));
describeFaults('superuser, a service of one\'s own', (world) => CustomSubject.start(world, 'superuser'));
describeFaults('alternating users, a service of one\'s own', (world) => CustomSubject.start(world, 'alternating-users'));
