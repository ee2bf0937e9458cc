import { AlternatingUsersStrategy } from './strategy';
import { CustomRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { loadService } from '../services/custom/load-service';
import { OwnUsers } from '../services/custom/own-users';
import { TwinUsers } from '../services/custom/twin-users';

const service = loadService(__dirname);

export const handler = createHandler<CustomRotationConfig>((config, invocation) => {
  const users = new OwnUsers(service, config, invocation);
  return new AlternatingUsersStrategy(new TwinUsers(users), config);
});
