import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';

/** Rules that set, remove or lift passwords: these are the rotation's alone (`ACL SETUSER`, "Configure valid passwords for the user"). */
const PASSWORD_RULE = /^[><#!]|^(nopass|resetpass|reset)$/i;

/** Rules of `ACL SETUSER` for a user that the rotation creates. */
export function checkAclRules(scope: IConstruct, aclRules: string): void {
  if (Token.isUnresolved(aclRules)) refuse(scope, 'aclRules must be known at synthesis, got a token; write the rules as a literal string');
  const rules = aclRules.split(/[\s()]+/).filter((rule) => rule !== '');
  if (rules.length === 0) refuse(scope, 'aclRules is empty; name what the user may do, for example \'on ~app:* +@all -@dangerous\', or leave it out');
  if (rules.some((rule) => /^off$/i.test(rule))) refuse(scope, 'aclRules contains \'off\', with which nobody could sign in; write on');
  const ofPasswords = rules.find((rule) => PASSWORD_RULE.test(rule));
  if (ofPasswords === undefined) return;
  // what stands behind > and < is a password
  refuse(scope, `aclRules contains a rule about passwords, '${/^[><#!]/.test(ofPasswords) ? `${ofPasswords[0]}…` : ofPasswords}'; leave it out, the rotation sets the passwords`);
}
