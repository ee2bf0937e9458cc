import { RotationError } from '../../engine/contract/errors';

/** Rules that set, remove or lift passwords, or make the user useless: the rotation's alone ("ACL SETUSER"). */
const NOT_FOR_OTHERS = /^([><#!].*|nopass|resetpass|reset|off)$/i;

/** The rules of a user that the rotation creates, one by one; refuses those that would let in somebody else. */
export function aclRules(text: string): string[] {
  const rules = text.split(/\s+/).filter((rule) => rule !== '');
  const position = rules.findIndex((rule) => NOT_FOR_OTHERS.test(rule.replace(/^\(+|\)+$/g, ''))); // a selector of Redis 7 stands in parentheses
  if (position === -1) return rules;
  // What stands behind > and < is a password.
  throw new RotationError('MISCONFIGURED', `the rule ${position + 1} of \`aclRules\` is about passwords, or turns the user off`, {
    remedy: 'Leave >, <, #, !, nopass, resetpass, reset and off out of `aclRules`: the rotation sets the passwords',
  });
}
