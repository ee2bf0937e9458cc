import { invalidValue } from './errors';

/** "You can't specify passwords in an access string", nor `reset`: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html */
const FORBIDDEN = /^(?:[<>#!].*|reset|resetpass|nopass)$/i;

export function checkAccessString(accessString: string): void {
  const rules = rulesOf(accessString);
  if (rules.length === 0 || rules.some(rule => FORBIDDEN.test(rule))) throw invalidValue('The access string is not valid: it must hold rules, and none about passwords.');
}

export function rulesOf(accessString: string): string[] {
  return accessString.split(/\s+/).filter(rule => rule !== '');
}
