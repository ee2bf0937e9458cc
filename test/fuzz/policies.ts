import * as fc from 'fast-check';
import type { PasswordPolicyConfig } from '../../src/private/rotation-config';

const CLASSES = ['excludeLowercase', 'excludeUppercase', 'excludeNumbers', 'excludePunctuation'] as const;

/** Any policy that allows a password. The excluded characters are few, so that none of the classes is empty. */
export function passwordPolicy(): fc.Arbitrary<PasswordPolicyConfig> {
  const classes = Object.fromEntries(CLASSES.map((name) => [name, fc.boolean()])) as Record<(typeof CLASSES)[number], fc.Arbitrary<boolean>>;
  const rest = { length: fc.integer({ min: 8, max: 200 }), excludeCharacters: fc.string({ maxLength: 8 }), requireEachIncludedType: fc.boolean() };
  return fc.record({ ...rest, ...classes })
    .filter((policy) => CLASSES.some((name) => !policy[name]));
}
