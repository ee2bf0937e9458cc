import { SuperuserStrategy } from './strategy';
import { CustomRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { loadService } from '../services/custom/load-service';
import { ManagedUser } from '../services/custom/managed-user';
import { OwnUsers } from '../services/custom/own-users';

const service = loadService(__dirname);

export const handler = createHandler<CustomRotationConfig>((config, invocation) => {
  const users = new OwnUsers(service, config, invocation);
  return new SuperuserStrategy(new ManagedUser(users), { ...config, username: users.username });
});
