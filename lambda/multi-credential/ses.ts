import { multiCredentialStrategy } from './strategy';
import { SesRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { SmtpCredentials } from '../services/ses/smtp-credentials';

export const handler = createHandler<SesRotationConfig>((config, invocation) =>
  multiCredentialStrategy(() => new SmtpCredentials(config, invocation), config));
