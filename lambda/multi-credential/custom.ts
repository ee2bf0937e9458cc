import { multiCredentialStrategy } from './strategy';
import { CustomRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { loadService } from '../services/custom/load-service';
import { ownCredentials } from '../services/custom/own-credentials';

const service = loadService(__dirname);

export const handler = createHandler<CustomRotationConfig>((config, invocation) =>
  multiCredentialStrategy((context) => ownCredentials(service, context, invocation), config));
