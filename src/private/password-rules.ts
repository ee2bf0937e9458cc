import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { PasswordPolicy } from '../password-policy';
import { refuse } from './refuse';
import { PasswordPolicyConfig } from './rotation-config';

/** What `rds.DatabaseSecret` excludes: characters that break connection strings, shells and AWS DMS. */
const DEFAULT_EXCLUDE_CHARACTERS = ' %+~`#$&*()|[]{}:;<>?!\'/@"\\';

const LEAST_LENGTH = 8;
const MOST_LENGTH = 128;

const CLASSES = [
  { name: 'lower-case letters', characters: 'abcdefghijklmnopqrstuvwxyz', excluded: 'excludeLowercase' },
  { name: 'upper-case letters', characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', excluded: 'excludeUppercase' },
  { name: 'digits', characters: '0123456789', excluded: 'excludeNumbers' },
  { name: 'punctuation', characters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', excluded: 'excludePunctuation' },
] as const;

/** The policy with its defaults; refused when no password can obey it. */
export function passwordPolicyConfig(scope: IConstruct, policy: PasswordPolicy = {}, leastLength = LEAST_LENGTH): PasswordPolicyConfig {
  const config = withDefaults(policy);
  checkValues(scope, config, leastLength);
  checkLegalPasswordExists(scope, config);
  return config;
}

function withDefaults(policy: PasswordPolicy): PasswordPolicyConfig {
  return {
    length: policy.length ?? 32,
    excludeCharacters: policy.excludeCharacters ?? DEFAULT_EXCLUDE_CHARACTERS,
    excludeLowercase: policy.excludeLowercase ?? false,
    excludeUppercase: policy.excludeUppercase ?? false,
    excludeNumbers: policy.excludeNumbers ?? false,
    excludePunctuation: policy.excludePunctuation ?? false,
    requireEachIncludedType: policy.requireEachIncludedType ?? true,
  };
}

function checkValues(scope: IConstruct, { length, excludeCharacters }: PasswordPolicyConfig, leastLength: number): void {
  if (Token.isUnresolved(length) || Token.isUnresolved(excludeCharacters)) {
    refuse(scope, 'passwordPolicy must be known at synthesis, got a token; write its values as literals');
  }
  if (!Number.isInteger(length) || length < leastLength || length > MOST_LENGTH) {
    refuse(scope, `passwordPolicy.length must be a whole number from ${leastLength} to ${MOST_LENGTH}, got ${length}`);
  }
  const foreign = [...excludeCharacters].find((character) => !/^[\x20-\x7e]$/.test(character));
  if (foreign !== undefined) {
    refuse(scope, `passwordPolicy.excludeCharacters must be printable ASCII, got ${JSON.stringify(foreign)}; leave it out: passwords never contain it`);
  }
}

function checkLegalPasswordExists(scope: IConstruct, config: PasswordPolicyConfig): void {
  const included = CLASSES.filter(({ excluded }) => !config[excluded]);
  if (included.length === 0) {
    refuse(scope, 'passwordPolicy excludes lower-case and upper-case letters, digits and punctuation; include at least one of them');
  }
  const empty = included.filter(({ characters }) => [...characters].every((character) => config.excludeCharacters.includes(character)));
  if (empty.length === included.length) {
    refuse(scope, `passwordPolicy.excludeCharacters leaves no character to draw from, got '${config.excludeCharacters}'; exclude fewer`);
  }
  if (empty.length > 0 && config.requireEachIncludedType) {
    const names = empty.map(({ name }) => name).join(' and ');
    refuse(scope, `passwordPolicy requires ${names}, of which excludeCharacters leaves none; exclude the whole class, or set requireEachIncludedType to false`);
  }
}
