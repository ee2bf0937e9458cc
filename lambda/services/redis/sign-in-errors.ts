import { ErrorReply } from './resp';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { NoVerdict, RotationError, SignInRefused } from '../../engine/contract/errors';
import { address } from '../../engine/contract/tls-errors';

/** The server is up and can't answer now: it reads its data, runs a script, has lost its primary, or has no room for another client. */
const BUSY = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|ERR max number of clients)/;

/** The answer to AUTH. Only its code is told: "unknown command" repeats the arguments, the password among them. */
export function signInError(
  answer: ErrorReply | undefined, username: string, endpoint: EndpointConfig, refusalRemedy: (username: string) => string,
): RotationError {
  const who = `signing in as "${username}" at ${address(endpoint)}`;
  if (answer?.code === 'WRONGPASS') {
    return new SignInRefused(username, `${who} was refused: the password is wrong, or the user does not exist or is off`, { remedy: refusalRemedy(username) });
  }
  if (answer !== undefined && isBusy(answer)) return busy(who, answer);
  if (answer !== undefined && /unknown command|wrong number of arguments/.test(answer.message)) return noUsers(endpoint);
  return new RotationError('SERVICE_FAILED', `${who} failed: the server answered ${answer?.code ?? 'what AUTH never answers'}`, { remedy: 'See the log of the server' });
}

export function isBusy({ message }: ErrorReply): boolean {
  return BUSY.test(message);
}

export function busy(what: string, { code }: ErrorReply): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `${what} failed for now (${code === 'ERR' ? 'too many clients' : code})`, {
    remedy: 'See what keeps the server busy; Secrets Manager retries the rotation',
  });
}

/** Before version 6 there was one password for all. */
export function noUsers(endpoint: EndpointConfig): RotationError {
  return new RotationError('MISCONFIGURED', `the server at ${address(endpoint)} has no users: it does not know AUTH with a username, or ACL`, {
    remedy: 'Rotate users of Redis 6 or later, or of Valkey, whose configuration does not rename AUTH and ACL. A managed service has an API of its own instead: RotatingCredential.elastiCacheUser, RotatingCredential.memoryDbUser',
  });
}
