import { accessKeySignIn } from './access-key';
import { customSignIn } from './custom';
import { postgresSignIn } from './postgres';
import { redisSignIn } from './redis';
import type { SignIn } from './sign-in';
import { smtpSignIn } from './smtp';
import type { ClientsSettings } from '../settings';

export type { SecretFields, SignIn } from './sign-in';

/** What the clients of a secret do with it, by the service that it is for. */
export function signInOf(settings: ClientsSettings): SignIn {
  const { service = { kind: 'postgres' } } = settings;
  switch (service.kind) {
    case 'postgres': return postgresSignIn(settings);
    case 'access-key': return accessKeySignIn(service.stsEndpoint, settings.region);
    case 'smtp': return smtpSignIn(settings);
    case 'redis': return redisSignIn(settings, service.endpoint);
    case 'custom': return customSignIn(service.module, settings);
  }
}
