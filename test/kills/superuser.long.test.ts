import { describeKills } from './describe-kills';

describe('a superuser rotation ends with AWSCURRENT in force and leaves the next rotation unharmed', () => {
  describeKills({ strategy: 'superuser', state: 'rotated before' });
});
