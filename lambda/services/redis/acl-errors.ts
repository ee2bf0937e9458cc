import type { ErrorReply } from './resp';
import { busy, isBusy, noUsers } from './sign-in-errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import { NoVerdict, RotationError } from '../../engine/contract/errors';
import { address } from '../../engine/contract/tls-errors';

/** A command about users was answered with an error. */
export function aclError(answer: ErrorReply, command: readonly string[], administrator: string, endpoint: EndpointConfig): RotationError {
  const [name = '', subcommand = ''] = command;
  const what = `${name} ${subcommand} at ${address(endpoint)}`;
  if (answer.code === 'NOPERM') return permissionDenied(name, subcommand, administrator, endpoint);
  if (isBusy(answer)) return busy(what, answer);
  if (/unknown (sub)?command/i.test(answer.message)) return noUsers(endpoint);
  return new RotationError('SERVICE_FAILED', `${what} failed: ${withoutHashes(answer)}`, { remedy: 'See the log of the server; Secrets Manager retries the rotation' });
}

/** Names the rule that grants it ("ACL SETUSER", "Command rules"). */
export function permissionDenied(name: string, subcommand: string, administrator: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('PERMISSION_DENIED', `"${administrator}" may not run ${name} ${subcommand} at ${address(endpoint)}`, {
    remedy: `Grant it there: ACL SETUSER ${administrator} +${name.toLowerCase()}|${subcommand.toLowerCase()}`,
  });
}

/** Nothing of the change was made: the next look at the user tells what there is to change now. */
export function changedMeanwhile(username: string, endpoint: EndpointConfig): NoVerdict {
  return new NoVerdict('SERVICE_BUSY', `somebody else is changing the passwords of "${username}" at ${address(endpoint)}`, {
    remedy: 'Find out who does, and leave the passwords to the rotation; Secrets Manager retries it',
  });
}

export function rulesRefused(answer: ErrorReply, username: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('MISCONFIGURED', `${address(endpoint)} did not take the rules for "${username}": ${withoutHashes(answer)}`, {
    remedy: 'Correct the property `aclRules`, with commands, categories and kinds of rules that this version of the server knows',
  });
}

export function userMissing(username: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('USER_MISSING', `there is no user "${username}" at ${address(endpoint)}; nothing was changed at any node`, {
    remedy: 'Create it with its rights there (ACL SETUSER), or give the construct `aclRules`, by which the rotation creates it. If it was there before, the node restarted and had not kept its users',
  });
}

export function userOff(username: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('USER_UNUSABLE', `the user "${username}" is off at ${address(endpoint)}; nothing was changed at any node`, {
    remedy: `If that is not on purpose: ACL SETUSER ${username} on`,
  });
}

/** A first password would end that: it would cut off whoever signs in with any other. */
export function userNeedsNoPassword(username: string, endpoint: EndpointConfig): RotationError {
  return new RotationError('USER_UNUSABLE', `the user "${username}" is "nopass" at ${address(endpoint)}: it accepts any password; nothing was changed at any node`, {
    remedy: `Once all clients sign in with the password of AWSCURRENT, set it by its SHA-256, which ends nopass: ACL SETUSER ${username} #…`,
  });
}

/** What Redis says of a rule repeats the rule. */
function withoutHashes({ message }: ErrorReply): string {
  return message.replace(/[0-9a-f]{8,}/gi, '…');
}
