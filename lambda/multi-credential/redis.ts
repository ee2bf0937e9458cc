import { multiCredentialStrategy } from './strategy';
import { RedisRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { RedisUser } from '../services/redis/redis-user';

export const handler = createHandler<RedisRotationConfig>((config, invocation) => multiCredentialStrategy(
  (context) => new RedisUser(config, invocation, config.superuserSecretArn === undefined ? undefined : () => context.superuser()), config));
