import { inspect } from 'node:util';
import { escapeLiteral } from 'pg';
import { ENCODINGS, findCredentials } from './find-credentials';

/** As a rotation generates them: with everything that some encoding writes differently. */
const CREDENTIAL = 'aB3\'"\\`&<>%+/=?~!(*)#$^{|}_-[:;]@x';
const OTHER = 'another-credential-of-32-letters';

describe('the search for credentials', () => {
  test.each<[string, string, string]>([
    ['raw', 'as it is', `password=${CREDENTIAL};`],
    ['cut off', 'cut off by a limit', `…${CREDENTIAL.slice(0, 20)}`],
    ['cut off', 'of which the beginning is replaced', `***${CREDENTIAL.slice(-20)}`],
    ['base64', 'in base64', `Basic ${Buffer.from(CREDENTIAL).toString('base64')}`],
    ['base64', 'in base64, behind a user name', `Basic ${Buffer.from(`app:${CREDENTIAL}`).toString('base64')}`],
    ['base64', 'in base64, behind a longer user name and before other text', Buffer.from(`\0apps\0${CREDENTIAL} and more`).toString('base64')],
    ['base64url', 'in base64url', `token.${Buffer.from(`a.${CREDENTIAL}?`).toString('base64url')}`],
    ['hex', 'in hex', `\\x${Buffer.from(CREDENTIAL).toString('hex')}`],
    ['hex', 'in capital hex', Buffer.from(CREDENTIAL).toString('hex').toUpperCase()],
    ['bytes in hex', 'as a printed buffer', inspect(Buffer.from(`p=${CREDENTIAL}`))],
    ['bytes in decimals', 'as printed bytes, over several lines', inspect(new Uint8Array(Buffer.from(`p=${CREDENTIAL}`)))],
    ['bytes in decimals', 'as a constant of a parse tree', `:constvalue 36 [ ${[...Buffer.from(CREDENTIAL)].join(' ')} ]`],
    ['URL', 'in a query', new URL(`https://x.invalid/?p=${encodeURIComponent(CREDENTIAL)}`).href],
    ['URL', 'in a form', new URLSearchParams({ p: CREDENTIAL }).toString()],
    ['URL', 'in lower-case percent codes', encodeURIComponent(CREDENTIAL).replace(/%../g, (code) => code.toLowerCase())],
    ['URL', 'in a signed request', encodeURIComponent(CREDENTIAL).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)],
    ['JSON', 'in JSON', JSON.stringify({ password: CREDENTIAL })],
    ['JSON', 'in JSON within JSON', JSON.stringify({ SecretString: JSON.stringify({ password: CREDENTIAL }) })],
    ['JSON', 'in the JSON of other languages', JSON.stringify(CREDENTIAL).replaceAll('/', '\\/')],
    ['SQL', 'in SQL', `ALTER ROLE app PASSWORD '${CREDENTIAL.replaceAll('\'', '\'\'')}'`],
    ['SQL', 'in SQL with escapes', `ALTER ROLE app PASSWORD ${escapeLiteral(CREDENTIAL)}`],
    ['printed', 'in a printed object', inspect({ password: CREDENTIAL })],
    ['printed', 'in an error\'s cause', inspect(new Error('outer', { cause: new Error('inner', { cause: { password: CREDENTIAL } }) }))],
    ['XML', 'in XML', `<SecretAccessKey>${CREDENTIAL.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</SecretAccessKey>`],
  ])('finds (%s) one that is there %s', (encoding, _where, planted) => {
    const text = `${'nothing here. '.repeat(100)}${planted}${' nor here'.repeat(100)}`;
    expect(findCredentials(text, [OTHER, CREDENTIAL])).toContainEqual(expect.objectContaining({ credential: 1, encoding }));
  });

  test('finds nothing where there is none, and one of a plain credential in every encoding', () => {
    expect(findCredentials('password=another; SCRAM-SHA-256$4096:salt$key:key', [CREDENTIAL, OTHER])).toEqual([]);
    const all = Object.values(ENCODINGS).flatMap(({ forms }) => forms(OTHER)).join('\n');
    expect(findCredentials(all, [OTHER]).map(({ encoding }) => encoding)).toEqual(Object.keys(ENCODINGS));
  });

  test('tells where, without the credential', () => {
    expect(findCredentials(`the password is ${OTHER}`, [OTHER])).toContainEqual({ credential: 0, encoding: 'raw', after: 'the password is ' });
  });

  test('refuses a credential that any text may hold by chance', () => {
    expect(() => findCredentials('', ['any'])).toThrow('too short');
  });
});
