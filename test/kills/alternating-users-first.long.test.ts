import { describeKills } from './describe-kills';

describe('AWSCURRENT signs in from the first promotion on, also of the rotation of alternating users that creates them', () => {
  describeKills({ strategy: 'alternating-users', state: 'creating' });
});
