import { SingleUserStrategy } from './strategy';
import { CustomRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { loadService } from '../services/custom/load-service';
import { OwnUsers } from '../services/custom/own-users';
import { SelfServingUser } from '../services/custom/self-serving-user';

const service = loadService(__dirname);

export const handler = createHandler<CustomRotationConfig>((config, invocation) => {
  const users = new OwnUsers(service, config, invocation);
  return new SingleUserStrategy(new SelfServingUser(users), { ...config, username: users.username });
});
