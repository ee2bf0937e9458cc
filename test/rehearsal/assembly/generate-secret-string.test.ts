import fc from 'fast-check';
import { generateSecretString } from '../../../rehearsal/assembly/generate-secret-string';

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;

test('without rules it has 32 characters of every class and no space', () => {
  const drawn = generateSecretString({});
  expect(drawn).toHaveLength(32);
  [/[a-z]/, /[A-Z]/, /[0-9]/, PUNCTUATION].forEach(expected => expect(drawn).toMatch(expected));
  expect(drawn).not.toContain(' ');
});

test('every rule is kept, whatever their combination', () => {
  const rules = fc.record({
    PasswordLength: fc.integer({ min: 5, max: 64 }),
    ExcludeCharacters: fc.string({ maxLength: 20 }),
    ExcludeLowercase: fc.boolean(),
    ExcludeUppercase: fc.boolean(),
    ExcludeNumbers: fc.boolean(),
    ExcludePunctuation: fc.boolean(),
    IncludeSpace: fc.boolean(),
  });
  fc.assert(fc.property(rules, (given) => {
    fc.pre(!(given.ExcludeLowercase && given.ExcludeUppercase && given.ExcludeNumbers && given.ExcludePunctuation));
    const drawn = generateSecretString(given);
    expect(drawn).toHaveLength(given.PasswordLength);
    expect([...drawn].filter(character => given.ExcludeCharacters.includes(character))).toEqual([]);
    const classes: [boolean, RegExp][] = [[given.ExcludeLowercase, /[a-z]/], [given.ExcludeUppercase, /[A-Z]/], [given.ExcludeNumbers, /[0-9]/], [given.ExcludePunctuation, PUNCTUATION]];
    classes.filter(([excluded]) => excluded).forEach(([, expected]) => expect(drawn).not.toMatch(expected));
  }));
});

test('rules may be texts, as CloudFormation takes them', () => {
  expect(generateSecretString({ PasswordLength: '8', ExcludePunctuation: 'true', ExcludeUppercase: 'true', ExcludeNumbers: 'true', RequireEachIncludedType: 'false' })).toMatch(/^[a-z]{8}$/);
});

test('a template gets the password under the key', () => {
  const secret = JSON.parse(generateSecretString({ SecretStringTemplate: '{"username":"app","port":5432}', GenerateStringKey: 'password' })) as Record<string, unknown>;
  expect(secret).toEqual({ username: 'app', port: 5432, password: expect.stringMatching(/^.{32}$/) });
});

test('fails for a template that is no JSON object', () => {
  expect(() => generateSecretString({ SecretStringTemplate: '[]', GenerateStringKey: 'password' })).toThrow('not a JSON object');
});

test('fails where no character is left', () => {
  expect(() => generateSecretString({ ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true })).toThrow('no password is left');
});
