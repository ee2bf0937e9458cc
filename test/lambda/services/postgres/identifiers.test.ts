import fc from 'fast-check';
import { assertIdentifier, quoteIdentifier, quoteLiteral } from '../../../../lambda/services/postgres/identifiers';

test('any legal name comes back out of its quotes as it was', () => {
  const legal = fc.string({ unit: 'binary', minLength: 1, maxLength: 63 }).filter(name => !name.includes('\0') && Buffer.byteLength(name) <= 63);
  fc.assert(fc.property(legal, name => {
    const quoted = quoteIdentifier(name);
    expect(quoted).toMatch(/^"([^"]|"")*"$/);
    expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
  }));
});

test('63 bytes are a name', () => {
  expect(() => assertIdentifier('é'.repeat(31) + 'x')).not.toThrow();
});

test.each([
  ['nothing', '', 'is empty'],
  ['64 bytes in 32 characters', 'é'.repeat(32), 'longer than 63 bytes'],
  ['a NUL character, which would start a parameter of its own in the start-up packet', 'app\0options', 'contains a NUL character'],
  ['half of a surrogate pair', 'app\ud800', 'not valid Unicode'],
])('refuses %s as a name', (_case, name, reason) => {
  expect(() => quoteIdentifier(name)).toThrow(reason);
  expect(() => quoteIdentifier(name)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
});

test('refuses a NUL character in a value', () => {
  expect(() => quoteLiteral('a\0b')).toThrow('contains a NUL character');
});
