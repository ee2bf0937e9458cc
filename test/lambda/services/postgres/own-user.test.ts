import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { StoredCredential } from '../../../../lambda/engine/contract/credential';
import { NoVerdict, PasswordRejected, SignInRefused } from '../../../../lambda/engine/contract/errors';
import type { PasswordSession } from '../../../../lambda/engine/contract/password-session';
import { OwnUser } from '../../../../lambda/services/postgres/own-user';
import { computeVerifier, saltOf } from '../../../../lambda/services/postgres/scram';
import type { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { BOOTSTRAP, describePostgres, Login, uniqueName } from '../../../support/postgres';
import { PostgresProxy, QueryAction } from '../../../support/postgres-proxy';
import { applyChange, configFor, connectorFor, credentialOf, pendingFor, rejection, testInvocation } from '../../../support/postgres-service';

const HBA = ['hostssl all +md5_users all md5', 'host all all all scram-sha-256'];

describePostgres('a user who changes its own password', postgres => {
  const userOf = (login: Login, overrides: Partial<PostgresRotationConfig> = {}, invocation = testInvocation()): OwnUser =>
    new OwnUser(connectorFor(configFor(postgres, login.username, overrides), invocation));
  const open = (login: Login, overrides?: Partial<PostgresRotationConfig>): Promise<PasswordSession> =>
    userOf(login, overrides).signIn(credentialOf(login));
  const passwordsIn = async ({ username, password }: Login, pending: StoredCredential): Promise<string[]> =>
    [await postgres.trySignIn({ username, password }), await postgres.trySignIn(pending.credential)];

  const oldInForce = ['accepted', '28P01'];
  const newInForce = ['28P01', 'accepted'];

  beforeAll(() => postgres.superuser.query('CREATE ROLE md5_users'));

  test('has the new password, and no longer the old one, once it is applied', async () => {
    const login = await postgres.createLogin();
    const session = await open(login);
    const pending = pendingFor(login.username);
    await session.lock();
    await applyChange(session, pending);
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
    const verifier = await computeVerifier(pending.credential.password, { salt: saltOf(pending), iterations: 4096 });
    expect(await postgres.storedPassword(login.username)).toBe(verifier);
    await session.end();
  });

  test('sends the same bytes each time the same version is applied', async () => {
    const login = await postgres.createLogin();
    const pending = pendingFor(login.username);
    const first = await open(login);
    await applyChange(first, pending);
    const stored = await postgres.storedPassword(login.username);
    await applyChange(first, pending);
    await first.end();
    const second = await open({ username: login.username, password: pending.credential.password });
    await applyChange(second, pending);
    await second.end();
    expect(await postgres.storedPassword(login.username)).toBe(stored);
  });

  test.each([1, 4096, 20_000])('gets back the very verifier that the server had, here one of %i iterations', async iterations => {
    const login = await postgres.createLogin();
    await postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD '${await computeVerifier(login.password, { salt: Buffer.from('0123456789abcdef'), iterations })}'`);
    const before = await postgres.storedPassword(login.username);
    const session = await open(login);
    const pending = pendingFor(login.username);
    await applyChange(session, pending);
    await session.putBack();
    await session.end();
    expect(await postgres.storedPassword(login.username)).toBe(before);
    expect(await passwordsIn(login, pending)).toEqual(oldInForce);
  });

  test('uses the number of iterations that the server is set to', async () => {
    const login = await postgres.createLogin();
    const [row] = (await postgres.superuser.query<{ known: boolean }>("SELECT count(*) > 0 AS known FROM pg_settings WHERE name = 'scram_iterations'")).rows;
    if (row?.known) await postgres.superuser.query(`ALTER ROLE ${login.username} SET scram_iterations = 12345`);
    const session = await open(login);
    await applyChange(session, pendingFor(login.username));
    await session.end();
    expect(await postgres.storedPassword(login.username)).toMatch(row?.known ? /^SCRAM-SHA-256\$12345:/ : /^SCRAM-SHA-256\$4096:/);
  });

  test('may have any legal name', async () => {
    const names = fc.string({ unit: fc.constantFrom('"', '\'', '\\', ' ', 'A', 'é', '名', '$', '-', ';', '%', '\t', '\u0001'), minLength: 1, maxLength: 20 }).map(name => `${uniqueName('x')}${name}`);
    await fc.assert(fc.asyncProperty(names, async name => {
      const login = await postgres.createLogin('', { name });
      const session = await open(login);
      const pending = pendingFor(name);
      await session.lock();
      await applyChange(session, pending);
      await session.putBack();
      await applyChange(session, pending);
      await session.end();
      expect(await passwordsIn(login, pending)).toEqual(newInForce);
    }), { numRuns: 10 });
  });

  test('may have settings that stand in its way: another role to act as, read-only transactions', async () => {
    const [login, owner] = [await postgres.createLogin(), uniqueName()];
    await postgres.superuser.query(`CREATE ROLE ${owner}; GRANT ${owner} TO ${login.username}; ALTER ROLE ${login.username} SET role = ${owner}; ALTER ROLE ${login.username} SET default_transaction_read_only = on`);
    const session = await open(login);
    const pending = pendingFor(login.username);
    await applyChange(session, pending);
    await session.end();
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
  });

  describe('with a password stored as md5', () => {
    const createMd5User = async (): Promise<Login> => {
      const login = await postgres.createLogin('', { by: BOOTSTRAP });
      const md5 = `md5${createHash('md5').update(login.password + login.username).digest('hex')}`;
      await postgres.superuser.query(`GRANT md5_users TO ${login.username}; ALTER ROLE ${login.username} PASSWORD '${md5}'`);
      return login;
    };

    test('fails before anything changes, naming the property', async () => {
      const login = await createMd5User();
      const session = await open(login);
      const pending = pendingFor(login.username);
      expect(await rejection(applyChange(session, pending))).toMatchObject({ code: 'MD5_PASSWORD', remedy: expect.stringContaining('`upgradeToScram: true`') });
      await session.end();
      expect(await passwordsIn(login, pending)).toEqual(oldInForce);
    });

    test('gets a SCRAM verifier where the construct says so, and its md5 form back', async () => {
      const login = await createMd5User();
      const before = await postgres.storedPassword(login.username);
      const session = await open(login, { upgradeToScram: true });
      await applyChange(session, pendingFor(login.username));
      expect(await postgres.storedPassword(login.username)).toMatch(/^SCRAM-SHA-256\$/);
      await session.putBack();
      await session.end();
      expect(await postgres.storedPassword(login.username)).toBe(before);
    });
  });

  test.each([
    ['a composed umlaut', 'p\u00e4ss', true],
    ['a decomposed umlaut', 'pa\u0308ss', true],
    ['a soft hyphen', 'pa\u00adss', false],
  ])('whose old password has %s is rotated only if that could be put back', async (_case, password, restorable) => {
    const login = { ...await postgres.createLogin(), password };
    await postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD '${password}'`);
    const before = await postgres.storedPassword(login.username);
    const session = await open(login);
    const applying = applyChange(session, pendingFor(login.username));
    if (!restorable) {
      expect(await rejection(applying)).toMatchObject({ code: 'PASSWORD_NOT_RESTORABLE', remedy: expect.stringContaining('printable ASCII') });
    } else {
      await applying;
      await session.putBack();
    }
    await session.end();
    expect(await postgres.storedPassword(login.username)).toBe(before);
  });

  test('keeps the old password when the new one is not of printable ASCII', async () => {
    const login = await postgres.createLogin();
    const session = await open(login);
    const pending = pendingFor(login.username, 'pässword');
    expect(await rejection(applyChange(session, pending))).toBeInstanceOf(PasswordRejected);
    await session.end();
    expect(await passwordsIn(login, pending)).toEqual(oldInForce);
  });

  test('keeps the old password when the server\'s policy refuses the new one', async () => {
    const login = await postgres.createLogin();
    await postgres.superuser.query(`ALTER ROLE ${login.username} SET session_preload_libraries = passwordcheck`);
    const session = await open(login);
    const error = await rejection(applyChange(session, pendingFor(login.username, login.username))); // passwordcheck: must not equal the user's name
    await session.end();
    expect(error).toBeInstanceOf(PasswordRejected);
    expect(error.reason).toContain('22023');
    expect(await postgres.trySignIn(login)).toBe('accepted');
  });

  test('is refused with a wrong password', async () => {
    const login = await postgres.createLogin();
    expect(await rejection(open({ ...login, password: 'wrong' }))).toBeInstanceOf(SignInRefused);
  });

  test('survives ten changes at once from two databases: colliding updates are repeated', async () => {
    const login = await postgres.createLogin();
    const databases = ['postgres', await postgres.createDatabase()];
    const invocation = testInvocation();
    const users = Array.from({ length: 10 }, (_, index) => userOf(login, { databaseName: databases[index % 2] }, invocation));
    const sessions = await Promise.all(users.map(user => user.signIn(credentialOf(login))));
    const pending = pendingFor(login.username);
    await Promise.all(sessions.map(session => applyChange(session, pending)));
    await Promise.all(sessions.map(session => session.end()));
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
  });

  describe('through a network that fails', () => {
    let proxy: PostgresProxy;

    beforeEach(async () => { proxy = await PostgresProxy.start(postgres.server.port); });
    afterEach(() => proxy.stop());

    /** Acts on the given one of the statements that set a password. */
    const onPassword = (which: number, action: QueryAction): void => {
      let seen = 0;
      proxy.script = { onQuery: sql => (sql.startsWith('ALTER ROLE') && ++seen === which ? action : 'forward') };
    };

    test.each([['cut before', oldInForce], ['cut after', newInForce]] as const)('has no verdict when the change is %s the server', async (action, inForce) => {
      const login = await postgres.createLogin();
      onPassword(1, action);
      const session = await open(login, proxy.endpoint);
      const pending = pendingFor(login.username);
      expect(await rejection(applyChange(session, pending))).toBeInstanceOf(NoVerdict);
      await session.end();
      expect(await passwordsIn(login, pending)).toEqual(inForce);
    });

    test.each(['cut before', 'cut after'] as const)('gets the old password back through a new session when the putting back is %s the server', async action => {
      const login = await postgres.createLogin();
      const before = await postgres.storedPassword(login.username);
      onPassword(2, action);
      const session = await open(login, proxy.endpoint);
      const pending = pendingFor(login.username);
      await applyChange(session, pending);
      await session.putBack();
      await session.end();
      expect(await postgres.storedPassword(login.username)).toBe(before);
    });

    test.each([
      ['must be a member of rds_password to alter passwords', 'PERMISSION_DENIED', /^GRANT rds_password TO "r_/],
      ['permission denied', 'PERMISSION_DENIED', /RESET role/],
      ['Password must contain a digit', 'PASSWORD_REJECTED', /`passwordPolicy`/],
    ])('tells what 42501 "%s" means', async (message, code, remedy) => {
      const login = await postgres.createLogin();
      onPassword(1, { sqlState: '42501', message });
      const session = await open(login, proxy.endpoint);
      const error = await rejection(applyChange(session, pendingFor(login.username)));
      await session.end();
      expect(error.code).toBe(code);
      expect(error.remedy).toMatch(remedy);
    });

    test('has no verdict when updates keep colliding', async () => {
      const login = await postgres.createLogin();
      let tries = 0;
      proxy.script = {
        onQuery: sql => {
          if (!sql.startsWith('ALTER ROLE')) return 'forward';
          tries++;
          return { sqlState: 'XX000', message: 'tuple concurrently updated' };
        },
      };
      const session = await open(login, proxy.endpoint);
      const error = await rejection(applyChange(session, pendingFor(login.username)));
      await session.end();
      expect(error).toBeInstanceOf(NoVerdict);
      expect(tries).toBe(6);
    });
  });

  describe('before its first rotation', () => {
    const preflight = (login: Login, overrides?: Partial<PostgresRotationConfig>, invocation = testInvocation()): Promise<void> =>
      userOf(login, overrides, invocation).preflight(credentialOf(login));

    test('passes when nothing is in the way, and nothing is changed', async () => {
      const login = await postgres.createLogin();
      const before = await postgres.storedPassword(login.username);
      const invocation = testInvocation();
      await preflight(login, {}, invocation);
      expect(invocation.lines).toEqual([]);
      expect(await postgres.storedPassword(login.username)).toBe(before);
    });

    test('fails with all problems and remedies at once', async () => {
      const login = await postgres.createLogin('', { by: BOOTSTRAP });
      const md5 = `md5${createHash('md5').update(login.password + login.username).digest('hex')}`;
      await postgres.superuser.query(`GRANT md5_users, rds_iam TO ${login.username}; ALTER ROLE ${login.username} PASSWORD '${md5}'; ALTER ROLE ${login.username} SET rds.restrict_password_commands = 'on'`);
      const error = await rejection(preflight(login));
      expect(error.code).toBe('PREFLIGHT_FAILED');
      expect(error.reason).toMatch(/no member of rds_password.*member of rds_iam.*stored as md5/);
      expect(error.remedy).toMatch(/GRANT rds_password.*REVOKE rds_iam.*`upgradeToScram: true`/);
    });

    test('fails for a password that could not be put back', async () => {
      const login = { ...await postgres.createLogin(), password: 'pa\u00adss' };
      await postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD '${login.password}'`);
      expect(await rejection(preflight(login))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringContaining('could not be proven') });
    });

    test('says what the server warns of at the sign-in that each rotation ends with', async () => {
      const [login, former, later] = [await postgres.createLogin(), uniqueName(), uniqueName()];
      await postgres.superuser.query(`CREATE ROLE ${former}; ALTER ROLE ${login.username} SET role = ${former}; ALTER ROLE ${former} RENAME TO ${later}`);
      const invocation = testInvocation();
      await preflight(login, {}, invocation);
      expect(invocation.lines).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining('the server warned') })]);
    });

    test('fails with a wrong password, and says so', async () => {
      const login = await postgres.createLogin();
      expect(await rejection(preflight({ ...login, password: 'wrong' }))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringContaining('SIGN_IN_REFUSED') });
    });

    test('warns of a connection limit and of a VALID UNTIL', async () => {
      const login = await postgres.createLogin("CONNECTION LIMIT 1 VALID UNTIL '2999-01-01'");
      const invocation = testInvocation();
      await preflight(login, {}, invocation);
      expect(invocation.lines.map(({ message }) => message)).toEqual([
        expect.stringContaining('VALID UNTIL'), expect.stringContaining('fewer than two sessions'), expect.stringContaining('connection limit is reached'),
      ]);
    });
  });

  test('fails on a server that takes no writes, before anything else', async () => {
    const login = await postgres.createLogin();
    await postgres.server.pause();
    const signal = join(postgres.server.home, 'data', 'standby.signal');
    writeFileSync(signal, '');
    await postgres.server.resume();
    expect(await rejection(open(login))).toMatchObject({ code: 'READ_ONLY_SERVER', remedy: expect.stringContaining('writer') });
    expect(await rejection(userOf(login).preflight(credentialOf(login)))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringContaining('read-only') });
  });
}, { hba: HBA });
