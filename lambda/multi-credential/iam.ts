import { multiCredentialStrategy } from './strategy';
import { IamRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { AccessKeys } from '../services/iam/access-keys';

export const handler = createHandler<IamRotationConfig>((config, invocation) =>
  multiCredentialStrategy(() => new AccessKeys(config, invocation), config));
