import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Credential, StoredCredential } from '../../../../lambda/engine/contract/credential';
import { NoVerdict } from '../../../../lambda/engine/contract/errors';
import type { PasswordSession } from '../../../../lambda/engine/contract/password-session';
import { ManagedUser } from '../../../../lambda/services/postgres/managed-user';
import type { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { BOOTSTRAP, describePostgres, Login, MASTER, uniqueName } from '../../../support/postgres';
import { PostgresProxy, QueryAction } from '../../../support/postgres-proxy';
import { applyChange, configFor, connectorFor, credentialOf, pendingFor, rejection, testInvocation } from '../../../support/postgres-service';

type Overrides = Partial<PostgresRotationConfig>;

const HBA = ['hostssl all +md5_users all md5', 'host all all all scram-sha-256'];

describePostgres('a user whose password a superuser sets', postgres => {
  const userNamed = (username: string, overrides: Overrides = {}, invocation = testInvocation()): ManagedUser =>
    new ManagedUser(connectorFor(configFor(postgres, username, overrides), invocation));
  const open = (login: Login, overrides?: Overrides): Promise<PasswordSession> =>
    userNamed(login.username, overrides).signIn(credentialOf(MASTER), credentialOf(login));
  const passwordsIn = async ({ username, password }: Login, pending: StoredCredential): Promise<string[]> =>
    [await postgres.trySignIn({ username, password }), await postgres.trySignIn(pending.credential)];
  const missing = (name = uniqueName()): Login => ({ username: name, password: uniqueName() });
  const membershipsOf = async (username: string): Promise<string[]> => {
    const { rows } = await postgres.superuser.query<{ name: string }>('SELECT DISTINCT g.rolname AS name FROM pg_auth_members m JOIN pg_roles g ON g.oid = roleid JOIN pg_roles u ON u.oid = member WHERE u.rolname = $1 ORDER BY 1', [username]);
    return rows.map(({ name }) => name);
  };
  const createRoleByMaster = async (): Promise<string> => (await postgres.createLogin('NOLOGIN')).username;

  const oldInForce = ['accepted', '28P01'];
  const newInForce = ['28P01', 'accepted'];

  beforeAll(() => postgres.superuser.query('CREATE ROLE md5_users'));

  test('has the new password, and no longer the old one, once it is applied', async () => {
    const login = await postgres.createLogin();
    const session = await open(login);
    const pending = pendingFor(login.username);
    await session.lock();
    await applyChange(session, pending);
    const stored = await postgres.storedPassword(login.username);
    await applyChange(session, pending);
    await session.end();
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
    expect(await postgres.storedPassword(login.username)).toBe(stored);
  });

  test('gets the old password back', async () => {
    const login = await postgres.createLogin("VALID UNTIL '2999-01-01'");
    const session = await open(login, { passwordValidForSeconds: 3600 });
    const pending = pendingFor(login.username);
    await applyChange(session, pending);
    await session.putBack();
    await session.end();
    expect(await passwordsIn(login, pending)).toEqual(oldInForce);
    expect((await postgres.superuser.query("SELECT rolvaliduntil = '2999-01-01'::timestamptz AS kept FROM pg_roles WHERE rolname = $1", [login.username])).rows).toEqual([{ kept: true }]);
  });

  test('is made when it is missing: may sign in, has its roles, and keeps its password', async () => {
    const roles = [await createRoleByMaster(), await createRoleByMaster()].sort();
    const login = missing();
    const session = await open(login, { memberOf: roles });
    const pending = pendingFor(login.username);
    await applyChange(session, pending);
    await session.putBack();
    await session.end();
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
    expect(await membershipsOf(login.username)).toEqual(roles);
  });

  test('is not left half made when one of its roles cannot be granted', async () => {
    const login = missing();
    const session = await open(login, { memberOf: ['no such role'] });
    expect(await rejection(applyChange(session, pendingFor(login.username)))).toMatchObject({
      code: 'MISCONFIGURED', reason: 'the role "no such role" of `memberOf` does not exist',
    });
    await session.end();
    expect(await postgres.storedPassword(login.username)).toBeUndefined();
  });

  test('is not made when the superuser may not grant one of its roles; the remedy is the exact statement', async () => {
    const login = missing();
    const session = await open(login, { memberOf: [BOOTSTRAP.username] });
    const error = await rejection(applyChange(session, pendingFor(login.username)));
    await session.end();
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', reason: expect.stringContaining('"master" may not grant "bootstrap"'), remedy: 'GRANT "bootstrap" TO "master" WITH ADMIN OPTION' });
  });

  test('gets a role that it has lost back at the next rotation', async () => {
    const role = await createRoleByMaster();
    const login = await postgres.createLogin();
    const session = await open(login, { memberOf: [role] });
    await applyChange(session, pendingFor(login.username));
    await applyChange(session, pendingFor(login.username));
    await session.end();
    expect(await membershipsOf(login.username)).toEqual([role]);
  });

  test('is valid for as long as the construct says, also when it had expired', async () => {
    const login = await postgres.createLogin("VALID UNTIL '2020-01-01'");
    const session = await open(login, { passwordValidForSeconds: 86_400 });
    const pending = pendingFor(login.username);
    await applyChange(session, pending);
    await session.end();
    expect(await postgres.trySignIn(pending.credential)).toBe('accepted');
    const { rows } = await postgres.superuser.query("SELECT rolvaliduntil - now() BETWEEN '23 hours' AND '25 hours' AS soon FROM pg_roles WHERE rolname = $1", [login.username]);
    expect(rows).toEqual([{ soon: true }]);
  });

  test('keeps its VALID UNTIL when the construct says nothing', async () => {
    const login = await postgres.createLogin("VALID UNTIL '2999-01-01'");
    const session = await open(login);
    await applyChange(session, pendingFor(login.username));
    await session.end();
    expect((await postgres.superuser.query("SELECT rolvaliduntil = '2999-01-01'::timestamptz AS kept FROM pg_roles WHERE rolname = $1", [login.username])).rows).toEqual([{ kept: true }]);
  });

  test('may have any legal name, and so may its roles', async () => {
    const names = fc.string({ unit: fc.constantFrom('"', '\'', '\\', ' ', 'A', 'é', '名', '$', ';', '%', ','), minLength: 1, maxLength: 20 }).map(name => `${uniqueName('x')}${name}`);
    await fc.assert(fc.asyncProperty(names, names, async (name, role) => {
      await postgres.createLogin('NOLOGIN', { name: role });
      const login = missing(name);
      const session = await open(login, { memberOf: [role] });
      const pending = pendingFor(name);
      await session.lock();
      await applyChange(session, pending);
      await session.end();
      expect(await postgres.trySignIn(pending.credential)).toBe('accepted');
      expect(await membershipsOf(name)).toEqual([role]);
    }), { numRuns: 8 });
  });

  test('that may not sign in is left alone', async () => {
    const login = await postgres.createLogin('NOLOGIN');
    const before = await postgres.storedPassword(login.username);
    const session = await open(login);
    expect(await rejection(applyChange(session, pendingFor(login.username)))).toMatchObject({ code: 'USER_UNUSABLE', remedy: `ALTER ROLE "${login.username}" LOGIN` });
    await session.end();
    expect(await postgres.storedPassword(login.username)).toBe(before);
  });

  test('whose old password could not be put back is left alone', async () => {
    const login = { ...await postgres.createLogin(), password: 'pässword' };
    const before = await postgres.storedPassword(login.username);
    const session = await open(login);
    expect((await rejection(applyChange(session, pendingFor(login.username)))).code).toBe('PASSWORD_NOT_RESTORABLE');
    await session.end();
    expect(await postgres.storedPassword(login.username)).toBe(before);
  });

  test.each([['CREATEROLE', 'NOCREATEROLE'], ['ADMIN OPTION', 'CREATEROLE']])('cannot be changed by a superuser without %s; the remedy is the exact statement', async (_lack, attribute) => {
    const superuser = await postgres.createLogin(attribute, { by: BOOTSTRAP });
    const login = await postgres.createLogin('', { by: BOOTSTRAP });
    const session = await userNamed(login.username).signIn(credentialOf(superuser), credentialOf(login));
    const applying = applyChange(session, pendingFor(login.username));
    if (attribute === 'CREATEROLE' && postgres.major === 15) {
      await applying; // until 15, CREATEROLE is enough
    } else {
      const grant = postgres.major === 15 ? `ALTER ROLE "${superuser.username}" CREATEROLE` : `GRANT "${login.username}" TO "${superuser.username}" WITH ADMIN OPTION`;
      expect(await rejection(applying)).toMatchObject({ code: 'PERMISSION_DENIED', remedy: expect.stringContaining(grant) });
      expect(await postgres.trySignIn(login)).toBe('accepted');
    }
    await session.end();
  });

  test('is not reached by a superuser who is refused, which has a code of its own', async () => {
    const login = await postgres.createLogin();
    const refused = new Credential(MASTER.username, 'wrong');
    const user = userNamed(login.username);
    for (const attempt of [() => user.signIn(refused, credentialOf(login)), () => user.preflight(refused, credentialOf(login))]) {
      expect(await rejection(attempt())).toMatchObject({ code: 'SUPERUSER_REFUSED', reason: expect.stringContaining('"master"') });
    }
  });

  test('survives being made by five rotations at once', async () => {
    const [login, role] = [missing(), await createRoleByMaster()];
    const sessions = await Promise.all(Array.from({ length: 5 }, () => open(login, { memberOf: [role] })));
    const pending = pendingFor(login.username);
    await Promise.all(sessions.map(session => applyChange(session, pending)));
    await Promise.all(sessions.map(session => session.end()));
    expect(await passwordsIn(login, pending)).toEqual(newInForce);
    expect(await membershipsOf(login.username)).toEqual([role]);
  });

  describe('through a network that fails', () => {
    const through = async (login: Login, which: number, action: QueryAction, work: (session: PasswordSession) => Promise<void>): Promise<void> => {
      const proxy = await PostgresProxy.start(postgres.server.port);
      let seen = 0;
      proxy.script = { onQuery: sql => (sql === 'COMMIT' || / PASSWORD /.test(sql) ? ++seen === which ? action : 'forward' : 'forward') };
      const session = await open(login, proxy.endpoint);
      await work(session).finally(() => session.end()).finally(() => proxy.stop());
    };

    test.each([['cut before', oldInForce], ['cut after', newInForce]] as const)('has no verdict when the commit is %s the server', async (action, inForce) => {
      const login = await postgres.createLogin();
      const pending = pendingFor(login.username);
      await through(login, 2, action, async session => expect(await rejection(applyChange(session, pending))).toBeInstanceOf(NoVerdict));
      expect(await passwordsIn(login, pending)).toEqual(inForce);
    });

    test('gets the old password back through a new session', async () => {
      const login = await postgres.createLogin();
      const pending = pendingFor(login.username);
      await through(login, 3, 'cut before', async session => {
        await applyChange(session, pending);
        await session.putBack();
      });
      expect(await passwordsIn(login, pending)).toEqual(oldInForce);
    });
  });

  describe('before its first rotation', () => {
    const preflight = (login: Login, overrides?: Overrides, superuser: Login = MASTER, invocation = testInvocation()): Promise<void> =>
      userNamed(login.username, overrides, invocation).preflight(credentialOf(superuser), credentialOf(login));

    test('passes for a user that exists, and for one that does not; nothing is changed', async () => {
      const [login, nobody, role] = [await postgres.createLogin(), missing(), await createRoleByMaster()];
      const before = await postgres.storedPassword(login.username);
      await preflight(login, { memberOf: [role] });
      await preflight(nobody, { memberOf: [role] });
      expect([await postgres.storedPassword(login.username), await postgres.storedPassword(nobody.username)]).toEqual([before, undefined]);
      expect(await membershipsOf(login.username)).toEqual([]);
    });

    test('fails with all problems and remedies at once', async () => {
      const superuser = await postgres.createLogin('', { by: BOOTSTRAP });
      await postgres.superuser.query(`ALTER ROLE ${superuser.username} SET rds.restrict_password_commands = 'on'`);
      const login = await postgres.createLogin('NOLOGIN', { by: BOOTSTRAP });
      await postgres.superuser.query(`GRANT rds_iam TO ${login.username}`);
      const error = await rejection(preflight(login, { memberOf: ['no such role', 'rds_iam', 'rds_password'] }, superuser));
      expect(error.code).toBe('PREFLIGHT_FAILED');
      for (const part of ['no member of rds_password', 'lacks CREATEROLE', 'NOLOGIN', 'member of rds_iam', '"no such role" of `memberOf` does not exist', 'may not grant "rds_password"']) expect(error.reason).toContain(part);
      expect(error.reason).not.toContain('may not grant "rds_iam"'); // it has that one already
      for (const part of ['GRANT rds_password TO', 'CREATEROLE', 'LOGIN', 'REVOKE rds_iam FROM', 'CREATE ROLE "no such role"']) expect(error.remedy).toContain(part);
    });

    test('says for each version of PostgreSQL whether the superuser may change the user', async () => {
      const superuser = await postgres.createLogin('CREATEROLE', { by: BOOTSTRAP });
      const login = await postgres.createLogin('', { by: BOOTSTRAP });
      const checking = preflight(login, {}, superuser);
      if (postgres.major === 15) return checking;
      const error = await rejection(checking);
      expect(error.reason).toContain(`"${superuser.username}" may not change "${login.username}"`);
      expect(error.remedy).toContain(`GRANT "${login.username}" TO "${superuser.username}" WITH ADMIN OPTION`);
      await postgres.superuser.query(`GRANT ${login.username} TO ${superuser.username} WITH ADMIN OPTION`);
      await preflight(login, {}, superuser);
    });

    test('fails for a password stored as md5, unless the construct says to upgrade it', async () => {
      const login = await postgres.createLogin();
      await postgres.superuser.query(`GRANT md5_users TO ${login.username}; ALTER ROLE ${login.username} PASSWORD 'md5${createHash('md5').update(login.password + login.username).digest('hex')}'`);
      expect(await rejection(preflight(login))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringContaining('stored as md5') });
      await preflight(login, { upgradeToScram: true });
      await postgres.superuser.query(`REVOKE md5_users FROM ${login.username}`);
    });

    test('warns of a password that does not sign in, which the rotation will put right', async () => {
      const login = { ...await postgres.createLogin(), password: 'wrong' };
      const invocation = testInvocation();
      await preflight(login, {}, MASTER, invocation);
      expect(invocation.lines).toEqual([expect.objectContaining({ level: 'warn', username: login.username })]);
    });
  });
}, { hba: HBA });
