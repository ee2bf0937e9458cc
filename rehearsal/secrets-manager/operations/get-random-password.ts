import { randomInt } from 'crypto';
import { invalidParameter } from '../errors';
import { Input } from '../input';
import { OperationCall, Output, Service } from '../service';

const DEFAULT_LENGTH = 32;
const LONGEST = 4096;
const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export function getRandomPassword(_service: Service, { input }: OperationCall): Output {
  const length = input.number('PasswordLength') ?? DEFAULT_LENGTH;
  const classes = characterClasses(input);
  const required = input.boolean('RequireEachIncludedType') ?? true ? classes : [];
  if (length < 1 || length > LONGEST || classes.length === 0 || length < required.length) {
    throw invalidParameter(`PasswordLength must be from 1 to ${LONGEST}, and the characters left must allow such a password.`);
  }
  const alphabet = classes.join('');
  const characters = Array.from({ length }, (_, index) => randomOf(required[index] ?? alphabet));
  return { RandomPassword: shuffled(characters).join('') };
}

function characterClasses(input: Input): string[] {
  const excluded = input.string('ExcludeCharacters') ?? '';
  const classes = [
    [LOWERCASE, 'ExcludeLowercase'], [LOWERCASE.toUpperCase(), 'ExcludeUppercase'], [NUMBERS, 'ExcludeNumbers'], [PUNCTUATION, 'ExcludePunctuation'],
  ] as const;
  return classes
    .filter(([, member]) => input.boolean(member) !== true)
    .map(([characters]) => [...characters].filter((character) => !excluded.includes(character)).join(''))
    .concat(input.boolean('IncludeSpace') === true && !excluded.includes(' ') ? [' '] : [])
    .filter((characters) => characters !== '');
}

function randomOf(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffled(characters: readonly string[]): string[] {
  const placed = characters.map((character) => ({ character, at: randomInt(2 ** 32) }));
  return placed.sort((one, other) => one.at - other.at).map(({ character }) => character);
}
