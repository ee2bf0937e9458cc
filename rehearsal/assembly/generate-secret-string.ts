import { randomInt } from 'node:crypto';
import { isRecord } from './template';
import { Unresolvable } from './unresolvable';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const DEFAULT_LENGTH = 32;

/**
 * The first value of a secret, as CloudFormation draws it:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export function generateSecretString(rules: Readonly<Record<string, unknown>>): string {
  const password = drawPassword(rules);
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if (template === undefined && key === undefined) return password;
  return JSON.stringify({ ...parseTemplate(template), [String(key)]: password });
}

function drawPassword(rules: Readonly<Record<string, unknown>>): string {
  const classes = characterClasses(rules);
  const length = Number(rules.PasswordLength ?? DEFAULT_LENGTH);
  const required = isTrue(rules.RequireEachIncludedType ?? true) ? classes.filter(characters => characters !== ' ') : [];
  if (classes.length === 0 || required.length > length) {
    throw new Unresolvable('GenerateSecretString excludes so many characters that no password is left');
  }
  const drawn = required.map(draw);
  while (drawn.length < length) drawn.push(draw(classes.join('')));
  return shuffled(drawn).join('');
}

function characterClasses(rules: Readonly<Record<string, unknown>>): string[] {
  const excluded = String(rules.ExcludeCharacters ?? '');
  const included = [
    isTrue(rules.ExcludeLowercase) ? '' : LOWERCASE,
    isTrue(rules.ExcludeUppercase) ? '' : LOWERCASE.toUpperCase(),
    isTrue(rules.ExcludeNumbers) ? '' : NUMBERS,
    isTrue(rules.ExcludePunctuation) ? '' : PUNCTUATION,
    isTrue(rules.IncludeSpace) ? ' ' : '',
  ];
  return included.map(characters => [...characters].filter(character => !excluded.includes(character)).join('')).filter(characters => characters !== '');
}

/** CloudFormation takes booleans as texts, too. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function draw(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

/** Fisher and Yates. */
function shuffled(characters: readonly string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? '', result[last] ?? ''];
  }
  return result;
}

function parseTemplate(template: unknown): Readonly<Record<string, unknown>> {
  const parsed = parseJson(String(template));
  if (!isRecord(parsed)) throw new Unresolvable('SecretStringTemplate is not a JSON object');
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
