import { describeKills } from './describe-kills';

describe('AWSCURRENT signs in at every instant of a rotation of alternating users, and so does a copy of the secret that was read before it', () => {
  describeKills({ strategy: 'alternating-users', state: 'rotated before' });
});
