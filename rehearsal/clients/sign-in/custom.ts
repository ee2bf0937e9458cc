import { createRequire } from 'node:module';
import type { Hosts } from './mapped-address';
import type { SecretFields, SignIn } from './sign-in';

/** What the user's own module says that a client does. */
export function customSignIn(module: string, { hosts, caPem }: Hosts): SignIn {
  const { signIn } = createRequire(module)(module) as { signIn(fields: SecretFields, where: Hosts): Promise<void> };
  return fields => signIn(fields, { hosts, caPem });
}
