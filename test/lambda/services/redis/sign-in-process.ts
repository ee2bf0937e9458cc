// Signs in with Node.js's own CAs, and prints what came of it.
import { Credential } from '../../../../lambda/engine/contract/credential';
import { Deadline } from '../../../../lambda/engine/contract/deadline';
import { RotationError } from '../../../../lambda/engine/contract/errors';
import { Measurements } from '../../../../lambda/engine/contract/measurements';
import { SignIn } from '../../../../lambda/services/redis/sign-in';

interface Request {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

const { host, port, username, password } = JSON.parse(process.env.SIGN_IN ?? '') as Request;
const log = { info: () => undefined, warn: () => undefined };

new SignIn({ deadline: new Deadline(5_000), measurements: new Measurements(), log }, { refusalRemedy: () => '' }).verify(new Credential(username, password), { host, port }).then(
  () => console.log('accepted'),
  (error: unknown) => console.log(error instanceof RotationError ? error.code : error),
);
