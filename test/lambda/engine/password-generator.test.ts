import * as fc from 'fast-check';
import { generatePassword } from '../../../lambda/engine/password-generator';
import { PasswordPolicyConfig } from '../../../src/private/rotation-config';

const POLICY: PasswordPolicyConfig = {
  length: 32, excludeCharacters: '', excludeLowercase: false, excludeUppercase: false, excludeNumbers: false, excludePunctuation: false, requireEachIncludedType: true,
};
const CLASSES = { excludeLowercase: /[a-z]/, excludeUppercase: /[A-Z]/, excludeNumbers: /[0-9]/, excludePunctuation: /[^A-Za-z0-9]/ } as const;

describe('a drawn password', () => {
  test('keeps every rule of any policy that allows one', () => {
    fc.assert(fc.property(
      fc.record({
        length: fc.integer({ min: 8, max: 128 }),
        excludeCharacters: fc.string({ maxLength: 20 }),
        excludeLowercase: fc.boolean(),
        excludeUppercase: fc.boolean(),
        excludeNumbers: fc.boolean(),
        excludePunctuation: fc.boolean(),
        requireEachIncludedType: fc.boolean(),
      }).filter((policy) => !(policy.excludeLowercase && policy.excludeUppercase && policy.excludeNumbers && policy.excludePunctuation)),
      (policy) => {
        const password = generatePassword(policy);
        expect(password).toHaveLength(policy.length);
        expect(password).toMatch(/^[\x21-\x7e]*$/);
        expect([...password].filter((character) => policy.excludeCharacters.includes(character))).toEqual([]);
        for (const [excluded, characters] of Object.entries(CLASSES)) {
          if (policy[excluded as keyof typeof CLASSES]) expect(password).not.toMatch(characters);
          else if (policy.requireEachIncludedType) expect(password).toMatch(characters);
        }
      },
    ), { numRuns: 500 });
  });

  test('uses every character that the policy allows', () => {
    const seen = new Set(Array.from({ length: 200 }, () => generatePassword(POLICY)).join(''));
    expect(seen.size).toBe(26 + 26 + 10 + 32);
  });

  test('is never drawn twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => generatePassword(POLICY))).size).toBe(1000);
  });

  test.each([
    ['leaves no character', { excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, excludePunctuation: true }],
    ['is shorter than its required classes', { length: 3 }],
    ['has no length', { length: 0, requireEachIncludedType: false }],
  ])('fails when the policy %s', (_, change) => {
    expect(() => generatePassword({ ...POLICY, ...change })).toThrow(/MISCONFIGURED: the password policy allows no password/);
  });
});
