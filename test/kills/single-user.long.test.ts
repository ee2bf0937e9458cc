import { describeKills } from './describe-kills';

describe('a single-user rotation ends with AWSCURRENT in force, loses no password and leaves the next rotation unharmed', () => {
  describeKills({ strategy: 'single-user', state: 'rotated before' });
});
