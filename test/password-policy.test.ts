import { Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { configOf, newStack, publicTarget } from './support/constructs-fixtures';
import { PasswordPolicy, SuperuserRotation } from 'cdk-secret-rotation';

function policyOf(passwordPolicy?: PasswordPolicy): unknown {
  const stack = newStack();
  new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', passwordPolicy });
  return configOf(Template.fromStack(stack)).passwordPolicy;
}

describe('PasswordPolicy', () => {
  test('tells the function its defaults: 32 characters, what rds.DatabaseSecret excludes, each class', () => {
    expect(policyOf()).toEqual({
      length: 32,
      excludeCharacters: ' %+~`#$&*()|[]{}:;<>?!\'/@"\\',
      excludeLowercase: false,
      excludeUppercase: false,
      excludeNumbers: false,
      excludePunctuation: false,
      requireEachIncludedType: true,
    });
  });

  test('tells the function what is given', () => {
    const policy: Required<PasswordPolicy> = {
      length: 128,
      excludeCharacters: '',
      excludeLowercase: true,
      excludeUppercase: true,
      excludeNumbers: true,
      excludePunctuation: false,
      requireEachIncludedType: false,
    };
    expect(policyOf(policy)).toEqual(policy);
  });

  test('takes a policy that excludes some characters of every class', () => {
    expect(policyOf({ excludeCharacters: 'lIO01|' })).toMatchObject({ excludeCharacters: 'lIO01|' });
  });

  test.each<[string, PasswordPolicy, string]>([
    ['7 characters', { length: 7 }, 'passwordPolicy.length must be a whole number from 8 to 128, got 7'],
    ['129 characters', { length: 129 }, 'got 129'],
    ['half a character', { length: 8.5 }, 'got 8.5'],
    ['a length that is a token', { length: Lazy.number({ produce: () => 32 }) }, 'must be known at synthesis'],
    ['excluded characters that passwords never contain', { excludeCharacters: 'ü' }, 'must be printable ASCII, got "ü"'],
    ['no class at all', { excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, excludePunctuation: true }, 'include at least one'],
    ['no character to draw from', { excludeLowercase: true, excludeUppercase: true, excludePunctuation: true, excludeCharacters: '0123456789' }, 'leaves no character to draw from'],
    ['a required class without a character', { excludeCharacters: '0123456789' }, 'requires digits, of which excludeCharacters leaves none'],
  ])('refuses %s', (_, policy, message) => {
    expect(() => policyOf(policy)).toThrow(message);
  });
});
