import { randomInt } from 'node:crypto';
import { RotationError } from './contract/errors';
import { PasswordPolicyConfig } from '../../src/private/rotation-config';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
// The punctuation of GetRandomPassword (Secrets Manager API reference): printable ASCII, without the space.
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * Draws a password from the operating system's cryptographic source. Each legal password is equally likely: one without a required
 * class is thrown away whole rather than mended, since mending favours some.
 */
export function generatePassword(policy: PasswordPolicyConfig): string {
  const classes = characterClasses(policy);
  const alphabet = classes.join('');
  if (alphabet === '' || policy.length < (policy.requireEachIncludedType ? classes.length : 1)) {
    throw new RotationError('MISCONFIGURED', 'the password policy allows no password', {
      remedy: 'Give `passwordPolicy` more characters or a greater length',
    });
  }
  for (;;) {
    const password = Array.from({ length: policy.length }, () => alphabet[randomInt(alphabet.length)]).join('');
    if (!policy.requireEachIncludedType || classes.every((characters) => containsAny(password, characters))) return password;
  }
}

function characterClasses(policy: PasswordPolicyConfig): string[] {
  return [
    policy.excludeLowercase ? '' : LOWERCASE,
    policy.excludeUppercase ? '' : LOWERCASE.toUpperCase(),
    policy.excludeNumbers ? '' : NUMBERS,
    policy.excludePunctuation ? '' : PUNCTUATION,
  ].map((characters) => [...characters].filter((character) => !policy.excludeCharacters.includes(character)).join(''))
    .filter((characters) => characters !== '');
}

function containsAny(password: string, characters: string): boolean {
  return [...characters].some((character) => password.includes(character));
}
