import { createRequire } from 'node:module';
import type { Hosts } from './mapped-address';
import type { SecretFields, SignIn } from './sign-in';

/** What the user's CommonJS module exports for clients, besides what stands in for the service. */
interface CustomModule {
  /** Throws an error with `code: 'REFUSED'` when the credential is not accepted. */
  signIn(fields: SecretFields, where: Hosts): Promise<void>;
}

/** What the user's own module says that a client does. */
export function customSignIn(path: string, { hosts, caPem }: Hosts): SignIn {
  const module = createRequire(path)(path) as CustomModule;
  return async fields => module.signIn(fields, { hosts, caPem });
}
