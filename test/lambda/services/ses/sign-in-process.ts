// Signs in with Node.js's own CAs, and prints what came of it.
import { RotationError } from '../../../../lambda/engine/contract/errors';
import { smtpSignIn } from '../../../../lambda/services/ses/smtp-sign-in';

const { port, ...login } = JSON.parse(process.env.SIGN_IN ?? '') as { readonly port: number; readonly username: string; readonly password: string; readonly tlsAtOnce: boolean };

smtpSignIn({ ...login, endpoint: { host: 'localhost', port }, timeoutMs: 5_000 }).then(
  () => console.log('accepted'),
  (error: unknown) => console.log(error instanceof RotationError ? error.code : error),
);
