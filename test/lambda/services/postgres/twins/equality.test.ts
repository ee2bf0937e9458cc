import { quoted, TwinsRig } from './twins-rig';
import { describePostgres, uniqueName } from '../../../../support/postgres';
import { rejection } from '../../../../support/postgres-service';

describePostgres('the twin', postgres => {
  const created = async (overrides: Parameters<typeof TwinsRig.create>[1] = {}): Promise<TwinsRig> => {
    const rig = await TwinsRig.create(postgres, overrides);
    await rig.createLogin(rig.first);
    return rig;
  };
  const settings = async (rig: TwinsRig, user: string): Promise<unknown[]> => rig.asBootstrap(`
    SELECT coalesce(datname, '-'), setconfig FROM pg_db_role_setting JOIN pg_roles r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase
    WHERE rolname = '${user}' ORDER BY 1`);

  test('gets the settings of the first user, lists of names among them, everywhere and in one database', async () => {
    const rig = await created();
    const database = quoted(rig.config.databaseName);
    await rig.asMaster(...[
      'SET search_path = "$user", public, "we ird", "o\'Brien"', "SET work_mem = '5MB'", "SET datestyle = 'SQL, DMY'", "SET timezone = 'Europe/Paris'",
      "SET application_name = E'it''s \\\\ \"me\"'", "SET client_encoding = 'LATIN1'", 'SET standard_conforming_strings = off',
    ].map(clause => `ALTER ROLE ${quoted(rig.first)} ${clause}`), `ALTER ROLE ${quoted(rig.first)} IN DATABASE ${database} SET search_path = "In", "a, b"`);
    await rig.flip();
    const [[, everywhere], inDatabase] = await settings(rig, rig.first) as [[string, string[]], unknown];
    expect(await settings(rig, rig.twin)).toEqual([['-', expect.arrayContaining([...everywhere, `role=${rig.first}`])], inDatabase]);
    expect(await rig.as(rig.twin, 'SHOW search_path')).toEqual(await rig.as(rig.first, 'SHOW search_path'));
    expect(await rig.as(rig.twin, 'SHOW application_name')).toEqual(await rig.as(rig.first, 'SHOW application_name'));
  });

  test('loses the settings that the first user has no longer, and what was set on the twin alone', async () => {
    const rig = await created();
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} SET work_mem = '5MB'`);
    await rig.flip();
    const database = quoted(rig.config.databaseName);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} RESET work_mem`, `ALTER ROLE ${quoted(rig.twin)} IN DATABASE ${database} SET search_path = mine`);
    await rig.flip();
    expect(await settings(rig, rig.twin)).toEqual([['-', [`role=${rig.first}`]]]);
  });

  test('does not act as itself in one database: a setting role=none there is repaired', async () => {
    const rig = await created();
    await rig.flip();
    const database = quoted(rig.config.databaseName);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.twin)} IN DATABASE ${database} SET role = none`);
    expect(await rig.as(rig.twin, 'SELECT current_user')).toEqual([rig.twin]);
    await rig.flip();
    expect(await rig.as(rig.twin, 'SELECT current_user')).toEqual([rig.first]);
  });

  test('acts as whom the first user acts as, where that is by a setting of its own, in each database', async () => {
    const rig = await created();
    const [boss, chief, other] = [uniqueName('boss'), uniqueName('chief'), await postgres.createDatabase()];
    await rig.asMaster(
      `CREATE ROLE ${boss}`, `CREATE ROLE ${chief}`, `GRANT ${boss}, ${chief} TO ${quoted(rig.first)}`,
      `ALTER ROLE ${quoted(rig.first)} SET role = ${boss}`, `ALTER ROLE ${quoted(rig.first)} IN DATABASE ${quoted(other)} SET role = ${chief}`);
    await rig.flip();
    const actsAs = async (database: string): Promise<unknown[]> => Promise.all([rig.first, rig.twin].map(async user => (await rig.in(database, user, 'SELECT current_user'))[0]));
    expect(await actsAs(rig.config.databaseName)).toEqual([boss, boss]);
    expect(await actsAs(other)).toEqual([chief, chief]);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} IN DATABASE ${quoted(other)} SET role = none`);
    await rig.flip();
    expect(await actsAs(other)).toEqual([rig.first, rig.first]);
  });

  test('inherits although the first user does not: CONNECT reaches it', async () => {
    const rig = await created();
    const database = quoted(rig.config.databaseName);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} NOINHERIT`, `REVOKE CONNECT ON DATABASE ${database} FROM public`, `GRANT CONNECT ON DATABASE ${database} TO ${quoted(rig.first)}`);
    await rig.flip();
    await rig.asMaster(`ALTER ROLE ${quoted(rig.twin)} NOINHERIT`);
    await rig.flip();
    await rig.flip();
    expect(await rig.trySignIn(rig.twin)).toBe('accepted');
  });

  test('has the limits of the first user', async () => {
    const rig = await created();
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} CONNECTION LIMIT 7 VALID UNTIL '2999-12-31 01:02:03+00'`);
    await rig.flip();
    const limits = `SELECT DISTINCT rolconnlimit, rolvaliduntil = '2999-12-31 01:02:03+00' FROM pg_roles WHERE rolname IN ('${rig.first}', '${rig.twin}')`;
    expect(await rig.asBootstrap(limits)).toEqual([[7, true]]);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} CONNECTION LIMIT -1 VALID UNTIL 'infinity'`);
    await rig.flip();
    expect(await rig.asBootstrap(`SELECT rolconnlimit, rolvaliduntil FROM pg_roles WHERE rolname = '${rig.twin}'`)).toEqual([[-1, Infinity]]);
  });

  test('lives on when the first user expires, and nobody revives that one unasked', async () => {
    const rig = await created();
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} VALID UNTIL '2001-01-01'`);
    await rig.flip();
    expect(await rig.currentSignsIn()).toBe(true);
    expect(await rejection(rig.flip())).toMatchObject({ code: 'USER_UNUSABLE', remedy: expect.stringContaining('passwordValidFor') });
    const extending = rig.configured({ passwordValidForSeconds: 3600 });
    await extending.flip();
    expect(await extending.currentSignsIn()).toBe(true);
  });

  test('gets a password that ends when it is told to', async () => {
    const rig = await created({ passwordValidForSeconds: 1000 });
    await rig.flip();
    const left = await rig.asBootstrap(`SELECT extract(epoch FROM rolvaliduntil - now()) BETWEEN 900 AND 1000 FROM pg_roles WHERE rolname = '${rig.twin}'`);
    expect(left).toEqual([true]);
  });

  test('gets its membership back', async () => {
    const rig = await created();
    await rig.flip();
    await rig.asMaster(`REVOKE ${quoted(rig.first)} FROM ${quoted(rig.twin)}`);
    await rig.flip();
    expect(await rig.as(rig.twin, 'SELECT current_user')).toEqual([rig.first]);
  });

  if (postgres.major >= 16) {
    test.each(['INHERIT FALSE', 'SET FALSE'])('gets a membership WITH %s made whole', async option => {
      const rig = await created();
      await rig.flip();
      await rig.asMaster(`GRANT ${quoted(rig.first)} TO ${quoted(rig.twin)} WITH ${option}`);
      await rig.flip();
      expect(await rig.asBootstrap(`SELECT pg_has_role('${rig.twin}', '${rig.first}', 'USAGE'), pg_has_role('${rig.twin}', '${rig.first}', 'SET')`)).toEqual([[true, true]]);
    });
  }

  describe('differs', () => {
    const cases: readonly [string, (rig: TwinsRig) => Promise<unknown>, RegExp][] = [
      ['by a setting that the superuser may not copy', rig => rig.asBootstrap(`ALTER ROLE ${quoted(rig.first)} SET log_statement = 'all'`), /setting "log_statement" of "app_\w+_clone"/],
      ['by a parameter of the application\'s own', rig => rig.asBootstrap(`ALTER ROLE ${quoted(rig.first)} SET myapp.tenant = 'top secret'`), /setting "myapp.tenant" of "app_\w+_clone"/],
      ['by rights that were granted to it', rig => rig.asMaster('CREATE TABLE public.t ()', `GRANT SELECT ON public.t TO ${quoted(rig.twin)}`), /"app_\w+_clone" itself was granted rights on 1 object in database "r_\w+"/],
      ['by a policy that names it', rig => rig.asMaster('CREATE TABLE public.t ()', `CREATE POLICY p ON public.t TO ${quoted(rig.twin)} USING (true)`), /is named by row level security policies on 1 object in database/],
      ['by a membership of its own', rig => rig.asMaster(`CREATE ROLE ${rig.first}_other`, `GRANT ${rig.first}_other TO ${quoted(rig.twin)}`), /"app_\w+_clone" is a member of "app_\w+_other", and the role that it acts as is not/],
      ['by an attribute of its own', rig => rig.asBootstrap(`ALTER ROLE ${quoted(rig.twin)} CREATEDB BYPASSRLS`), /itself is CREATEDB.*itself is BYPASSRLS/],
    ];

    test.each(cases)('%s: the rotation fails and changes nothing, or warns', async (_, differ, words) => {
      const rig = await created();
      await rig.flip();
      await differ(rig);
      const stored = await postgres.storedPassword(rig.first);
      const error = await rejection(rig.flip());
      expect(error).toMatchObject({ code: 'DRIFT', reason: expect.stringMatching(words) });
      expect(error.message).not.toContain('top secret');
      expect(await postgres.storedPassword(rig.first)).toBe(stored);
      const warning = rig.configured({ onDrift: 'WARN' });
      await warning.flip();
      expect(warning.lines).toContainEqual(expect.objectContaining({ level: 'warn', drift: expect.arrayContaining([expect.stringMatching(/^"|^the setting/)]) }));
      expect(await warning.currentSignsIn()).toBe(true);
    });

    test('from the owner role by what was granted to the first user', async () => {
      const rig = await created({ ownerRole: uniqueName('owner') });
      await rig.asMaster('CREATE TABLE public.t ()', `GRANT SELECT ON public.t TO ${quoted(rig.first)}`);
      expect(await rejection(rig.flip())).toMatchObject({ code: 'DRIFT', remedy: expect.stringContaining(`Grant to "${rig.config.ownerRole}" what "${rig.first}" was granted`) });
      expect(await rig.as(rig.first, 'SELECT * FROM public.t')).toEqual([]);
    });
  });
});
