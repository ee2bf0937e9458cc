import fc from 'fast-check';
import { assertHashable, assertVerifier, computeVerifier, saltOf, scramKeys, serverSignature } from '../../../../lambda/services/postgres/scram';
import { describePostgres } from '../../../support/postgres';
import { configFor, connectorFor, credentialOf, pendingFor } from '../../../support/postgres-service';

test('agrees with the example of RFC 7677 section 3', async () => {
  const keys = await scramKeys('pencil', { salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), iterations: 4096 });
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const authMessage = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`;
  expect(serverSignature(keys, authMessage)).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('the salt is the same for a version of a secret, and another for any other', () => {
  const version = pendingFor('app');
  expect(saltOf(version)).toEqual(saltOf({ ...version }));
  expect(saltOf(version)).toHaveLength(16);
  expect(saltOf({ ...version, versionId: 'another' })).not.toEqual(saltOf(version));
  expect(saltOf({ ...version, secretArn: 'another' })).not.toEqual(saltOf(version));
});

test.each(['', 'pässword', 'pass\nword', 'pass\u00a0word', 'pass\u00adword', 'パスワード'])('refuses %j, whose SASLprep form is not certain', password => {
  expect(() => assertHashable(password)).toThrow(expect.objectContaining({ code: 'PASSWORD_REJECTED' }));
  expect(() => assertHashable(password)).not.toThrow(password === '' ? 'never' : password);
});

test.each([
  'plain text', 'SCRAM-SHA-256$4096:c2FsdA==$a:b', 'md5d41d8cd98f00b204e9800998ecf8427e',
])('refuses to send %j, which the server would take for a password in plain text', text => {
  expect(() => assertVerifier(text)).toThrow('malformed and was not sent');
});

describePostgres('a verifier computed here', postgres => {
  test('is what the server computes itself, for any printable password', async () => {
    const login = await postgres.createLogin();
    const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 });
    await fc.assert(fc.asyncProperty(printable, async password => {
      await postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD ${postgres.superuser.escapeLiteral(password)}`);
      const stored = await postgres.storedPassword(login.username);
      const [, iterations, salt = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(stored ?? '') ?? [];
      expect(await computeVerifier(password, { salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) })).toBe(stored);
    }), { numRuns: 30 });
  });

  test('is rebuilt from a sign-in exactly as the server stores it, whatever its salt and iterations', async () => {
    const login = await postgres.createLogin();
    for (const iterations of [1, 4096, 10_001]) {
      const verifier = await computeVerifier(login.password, { salt: Buffer.from('0123456789abcdef'), iterations });
      await postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD '${verifier}'`);
      const session = await connectorFor(configFor(postgres, login.username)).signIn(credentialOf(login));
      expect(await session.storedForm(credentialOf(login))).toBe(verifier);
      expect(await session.storedForm(credentialOf({ ...login, password: 'another' }))).toBeUndefined();
      await session.end();
    }
  });
});
