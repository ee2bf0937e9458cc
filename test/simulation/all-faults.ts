// All suites of faults in one file, which loads everything but once: for mutation testing, where each mutant runs them anew.
import './faults/single-user.test';
import './faults/superuser.test';
import './faults/alternating-users.test';
import './faults/alternating-users-first-rotation.test';
import './faults/access-keys.test';
import './faults/smtp-credentials.test';
import './faults/passwords-of-redis-users.test';
import './faults/passwords-of-cache-users.test';
import './faults/own-services.test';
