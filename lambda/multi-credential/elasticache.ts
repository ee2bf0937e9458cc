import { multiCredentialStrategy } from './strategy';
import { CacheUserRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { ElastiCacheUser } from '../services/elasticache/elasticache-user';

export const handler = createHandler<CacheUserRotationConfig>((config, invocation) =>
  multiCredentialStrategy(() => new ElastiCacheUser(config, invocation), config));
