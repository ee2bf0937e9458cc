import { quoted, TwinsRig } from './twins-rig';
import { describePostgres, uniqueName } from '../../../../support/postgres';
import { rejection } from '../../../../support/postgres-service';

describePostgres('two users that take turns', postgres => {
  describe.each(['the twin acting as the first user', 'both acting as an owner role'])('with %s', model => {
    const create = (): Promise<TwinsRig> => TwinsRig.create(postgres, model.includes('owner') ? { ownerRole: uniqueName('owner') } : {});

    test('can use, alter and drop what either of them created', async () => {
      const rig = await create();
      await rig.flip();
      await rig.asMaster(`GRANT CREATE ON SCHEMA public TO ${quoted(rig.config.ownerRole ?? rig.first)}`);
      for (const round of [1, 2, 3, 4]) {
        const [maker, user] = [rig.current.credential.username, rig.other];
        await rig.as(maker, `CREATE TABLE public.t${round} (id int PRIMARY KEY)`, `INSERT INTO public.t${round} VALUES (1)`);
        await rig.as(user, `ALTER TABLE public.t${round} ADD COLUMN note text`, `UPDATE public.t${round} SET note = 'x'`);
        await rig.flip();
        expect(await rig.as(rig.current.credential.username, `SELECT note FROM public.t${round}`)).toEqual(['x']);
        await rig.as(maker, `DROP TABLE public.t${round}`);
      }
    });

    test('exist after the first rotation of a fresh database, the first one with the password that clients already have', async () => {
      const rig = await create();
      const first = rig.current;
      await rig.flip();
      expect(rig.current.credential.username).toBe(rig.twin);
      expect(await postgres.trySignIn({ username: first.credential.username, password: first.credential.password })).toBe('accepted');
      expect(await rig.currentSignsIn()).toBe(true);
    });

    test('own nothing, and nothing is granted to them, whatever they do', async () => {
      const rig = await create();
      await rig.flip();
      const acting = rig.config.ownerRole ?? rig.first;
      await rig.asMaster(`GRANT CREATE ON SCHEMA public TO ${quoted(acting)}`);
      await rig.as(rig.first, 'CREATE TABLE public.a ()');
      await rig.as(rig.twin, 'CREATE TABLE public.b ()');
      expect(await rig.asBootstrap("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")).toEqual([acting]);
    });

    test('a rotation of users that are equal already changes a password and nothing else', async () => {
      const rig = await create();
      await rig.flip();
      await rig.flip();
      rig.lines.length = 0;
      const before = await configuration(rig);
      await rig.flip();
      expect(await configuration(rig)).toEqual(before);
      expect(rig.lines).toEqual([]);
    });
  });

  test('with an owner role cannot set the password of each other', async () => {
    const rig = await TwinsRig.create(postgres, { ownerRole: uniqueName('owner') });
    await rig.flip();
    for (const [user, other] of [[rig.first, rig.twin], [rig.twin, rig.first]] as const) {
      await expect(rig.as(user, `ALTER ROLE ${quoted(other)} PASSWORD 'stolen'`)).rejects.toMatchObject({ code: '42501' });
      await expect(rig.as(user, 'SET ROLE none', `ALTER ROLE ${quoted(other)} PASSWORD 'stolen'`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('have the rights of the roles that `memberOf` names, also after somebody revoked them', async () => {
    const reader = uniqueName('reader');
    const rig = await TwinsRig.create(postgres, { memberOf: [reader] });
    await rig.asMaster(`CREATE ROLE ${quoted(reader)}`, 'CREATE TABLE public.t ()', `GRANT SELECT ON public.t TO ${quoted(reader)}`);
    await rig.flip();
    for (const user of [rig.first, rig.twin]) expect(await rig.as(user, 'SELECT * FROM public.t')).toEqual([]);
    await rig.asMaster(`REVOKE ${quoted(reader)} FROM ${quoted(rig.first)}`);
    await rig.flip();
    for (const user of [rig.first, rig.twin]) expect(await rig.as(user, 'SELECT * FROM public.t')).toEqual([]);
  });

  test.each([
    ['quotes', 'o\'Br"ien\\n'], ['upper case', 'App'], ['unicode', 'größe_名前'], ['spaces', ' app user '], ['percent and dollar signs', 'a%s$1$$'], ['63 bytes', 'x'.repeat(50)],
  ])('may have names with %s', async (_, name) => {
    const longest = 63 - Buffer.byteLength(name) + name.length;
    const [username, alternateUsername, database] = ['1', '2', '3'].map(end => `${name}${end}${uniqueName('')}`.slice(0, longest));
    const databaseName = await postgres.createDatabase(undefined, database);
    const rig = await TwinsRig.create(postgres, { username, alternateUsername, databaseName });
    await rig.flip();
    await rig.asMaster(`GRANT CREATE ON SCHEMA public TO ${quoted(rig.first)}`);
    await rig.asMaster(`ALTER ROLE ${quoted(rig.first)} IN DATABASE ${quoted(databaseName)} SET work_mem = '7MB'`);
    await rig.as(rig.twin, 'CREATE TABLE public.t ()');
    await rig.flip();
    await rig.flip();
    expect(await rig.as(rig.twin, 'SHOW work_mem')).toEqual(['7MB']);
    await rig.as(rig.first, 'DROP TABLE public.t');
  });

  test('refuses a secret of neither user', async () => {
    const rig = await TwinsRig.create(postgres);
    expect(() => rig.twins().other('somebody')).toThrow(expect.objectContaining({ code: 'USERNAME_NOT_CONFIGURED' }));
    expect(await rejection(rig.twins().verify(rig.stored('somebody').credential))).toMatchObject({ code: 'USERNAME_NOT_CONFIGURED' });
    expect(await rejection(rig.converge({ pending: rig.stored('somebody') }))).toMatchObject({ code: 'USERNAME_NOT_CONFIGURED' });
    expect([rig.twins().other(rig.first), rig.twins().other(rig.twin)]).toEqual([rig.twin, rig.first]);
  });

  test('refuses to change the password of the user that AWSCURRENT uses', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    const stored = await postgres.storedPassword(rig.twin);
    expect(await rejection(rig.converge({ pending: rig.stored(rig.twin) }))).toMatchObject({ code: 'USERNAME_NOT_CONFIGURED' });
    expect(await postgres.storedPassword(rig.twin)).toBe(stored);
  });

  test('names open sessions of the user whose password changes', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    const client = await postgres.connect(rig.login(rig.first));
    await rig.flip();
    expect(rig.lines).toContainEqual(expect.objectContaining({ level: 'warn', username: rig.first, count: 1 }));
    expect((await client.query('SELECT 1')).rowCount).toBe(1);
    await client.end();
  });

  test('keeps the password to itself: neither the log nor the server\'s gets to know it', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    await rig.flip();
    const told = JSON.stringify(rig.lines) + postgres.server.log();
    for (const password of rig.passwords.values()) expect(told).not.toContain(password);
  });
}, { logging: 'everything' });

async function configuration(rig: TwinsRig): Promise<unknown> {
  return rig.asBootstrap(`
    SELECT rolname, rolinherit, rolconnlimit, rolvaliduntil, setconfig, xmin_of_membership FROM pg_roles LEFT JOIN pg_db_role_setting ON setrole = oid
    LEFT JOIN LATERAL (SELECT array_agg(xmin::text ORDER BY roleid) AS xmin_of_membership FROM pg_auth_members WHERE member = pg_roles.oid) AS given ON true
    WHERE rolname IN (${[rig.first, rig.twin].map(name => `'${name}'`).join()}) ORDER BY 1`);
}
