import { inspect } from 'node:util';
import { Credential } from '../../../lambda/engine/contract/credential';
import { SecretDocument } from '../../../lambda/engine/secret-document';

const parse = (text: string | undefined): SecretDocument => SecretDocument.parse('arn:secret', 'v1', text);

describe('the JSON of a secret', () => {
  test('keeps unknown keys and follows the configuration in where to find the service', () => {
    const document = parse('{"username":"app","password":"old","host":"former","team":"blue"}');
    const next = document.with({ username: 'app_clone', password: 'new' }, { engine: 'postgres', host: 'db', port: 5432, dbname: 'shop' });
    expect(JSON.parse(next.toSecretString())).toEqual({
      username: 'app_clone', password: 'new', host: 'db', team: 'blue', engine: 'postgres', port: 5432, dbname: 'shop',
    });
  });

  test('names what differs from the configuration, and takes a port as text for the same port', () => {
    const document = parse('{"username":"app","password":"old","host":"former","port":"5432"}');
    expect(document.differencesFrom({ host: 'db', port: 5432, dbname: 'shop' })).toEqual(['host']);
  });

  test('is the same as one with the same members, in whatever order', () => {
    expect(parse('{"username":"app","password":"one"}').equals(parse('{"password":"one","username":"app"}'))).toBe(true);
    expect(parse('{"username":"app","password":"one"}').equals(parse('{"username":"app","password":"two"}'))).toBe(false);
  });

  test('does not show its password when it is printed or serialised', () => {
    const document = parse('{"username":"app","password":"s3cr3t-value"}');
    for (const shown of [inspect(document, { depth: 9, showHidden: true }), JSON.stringify(document), `${document.credential}`, JSON.stringify({ document })]) {
      expect(shown).not.toContain('s3cr3t-value');
    }
  });

  test.each([
    ['is binary', undefined],
    ['is not a JSON object', 'hunter2-not-json'],
    ['is not a JSON object', '["app","hunter2-in-a-list"]'],
    ['is not a JSON object', 'null'],
    ['has no username', '{"password":"hunter2"}'],
    ['has no username', '{"username":7,"password":"hunter2"}'],
    ['has no password', '{"username":"app"}'],
    ['has no password', '{"username":"app","password":""}'],
  ])('fails when it %s, naming version and secret but no value', (reason, text) => {
    const parsing = (): Credential => parse(text).credential;
    expect(parsing).toThrow(`SECRET_MALFORMED: version v1 of arn:secret ${reason}`);
    expect(parsing).not.toThrow(/hunter2/);
  });
});
