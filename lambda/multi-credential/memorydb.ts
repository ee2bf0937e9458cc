import { multiCredentialStrategy } from './strategy';
import { CacheUserRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { MemoryDbUser } from '../services/memorydb/memorydb-user';

export const handler = createHandler<CacheUserRotationConfig>((config, invocation) =>
  multiCredentialStrategy(() => new MemoryDbUser(config, invocation), config));
