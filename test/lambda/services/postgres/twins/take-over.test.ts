import { setTimeout as sleep } from 'node:timers/promises';
import { quoted, TwinsRig } from './twins-rig';
import { describePostgres, uniqueName } from '../../../../support/postgres';
import { rejection } from '../../../../support/postgres-service';

describePostgres('users that AWS\'s own function rotated', postgres => {
  test.each([['first', {}], ['twin', {}], ['first', { ownerRole: 'owner' }], ['twin', { ownerRole: 'owner' }]] as const)(
    'are taken over with the %s one current and %j, in every database', async (current, { ownerRole }: { ownerRole?: string }) => {
      const rig = await TwinsRig.create(postgres, { handOver: true, ownerRole: ownerRole === undefined ? undefined : uniqueName(ownerRole) });
      await rig.rotatedByAws(current);
      const databases = [rig.config.databaseName, await postgres.createDatabase()];
      await readyToCreate(rig, databases);
      for (const database of databases) {
        await rig.in(database, rig.first, 'CREATE TABLE tables.of_first (id int)');
        await rig.in(database, rig.twin, 'CREATE TABLE tables.of_twin (id int)', 'CREATE FUNCTION tables.f() RETURNS int LANGUAGE sql AS \'SELECT 1\'');
      }
      await rig.flip();
      for (const database of databases) {
        for (const user of [rig.first, rig.twin]) {
          await rig.in(database, user, 'SELECT * FROM tables.of_first', `ALTER TABLE tables.of_twin ADD COLUMN ${quoted(user)} int`, `CREATE TABLE tables.${quoted(user)} ()`);
        }
      }
      await rig.flip();
      for (const database of databases) {
        await rig.in(database, rig.first, `DROP TABLE tables.of_twin, tables.${quoted(rig.twin)}`);
        await rig.in(database, rig.twin, `DROP TABLE tables.of_first, tables.${quoted(rig.first)}`, 'DROP FUNCTION tables.f()');
      }
    });

  test('are no longer members of each other with an owner role', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true, ownerRole: uniqueName('owner') });
    await rig.rotatedByAws('first');
    await rig.asMaster(`REVOKE ALL ON SCHEMA public FROM ${quoted(rig.first)}`);
    await rig.flip();
    expect(await rig.asBootstrap(`SELECT pg_has_role('${rig.twin}', '${rig.first}', 'MEMBER')`)).toEqual([false]);
  });

  test('never leave clients of AWSCURRENT without their tables, whenever they sign in', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true });
    await rig.rotatedByAws('twin');
    await rig.as(rig.twin, 'CREATE TABLE public.t (id int)');
    const client = await postgres.connect(rig.login(rig.twin), rig.config.databaseName);
    let checks = 0;
    await rig.converge({
      fence: async () => {
        checks++;
        await rig.as(rig.twin, 'ALTER TABLE public.t ADD COLUMN c' + checks + ' int');
        return { current: rig.current, pending: rig.stored(rig.first) };
      },
    });
    await rig.as(rig.twin, 'INSERT INTO public.t VALUES (1)');
    await client.query('INSERT INTO public.t VALUES (1)');
    await client.end();
    expect(checks).toBe(4); // before the hand-over and before its commit, at it, and after it
  });

  test('fail with nothing changed unless `handOver` is set: the error names databases, counts and the prop', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.rotatedByAws('first');
    await rig.as(rig.twin, 'CREATE TABLE public.t1 ()', 'CREATE TABLE public.t2 ()');
    const before = await roles(rig);
    const error = await rejection(rig.flip());
    expect(error).toMatchObject({ code: 'DRIFT', remedy: expect.stringContaining('handOver: true') });
    expect(error.reason).toContain(`"${rig.twin}" itself owns 2 objects in database "${rig.config.databaseName}"`);
    expect(await roles(rig)).toEqual(before);
    expect(await rig.currentSignsIn()).toBe(true);
  });

  test('keep a database, which all databases share', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true });
    await rig.rotatedByAws('twin');
    const database = await postgres.createDatabase(rig.twin);
    await rig.flip();
    expect(await rig.asBootstrap(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`)).toEqual([rig.first]);
  });

  test('fail with nothing changed where a database lets nobody in who could hand over', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true });
    await rig.rotatedByAws('first');
    const [closed, foreign] = [await postgres.createDatabase(), await postgres.createDatabase()];
    for (const database of [closed, foreign]) {
      await rig.in(database, postgres.server.superuser, `GRANT CREATE ON SCHEMA public TO ${quoted(rig.first)}`);
      await rig.in(database, rig.twin, 'CREATE TABLE public.t ()');
    }
    await rig.asBootstrap(`ALTER DATABASE ${closed} ALLOW_CONNECTIONS false`, `REVOKE CONNECT ON DATABASE ${foreign} FROM public`);
    const error = await rejection(rig.flip());
    expect(error.remedy).toContain(`ALTER DATABASE "${closed}" ALLOW_CONNECTIONS true`);
    expect(error.remedy).toContain(`GRANT CONNECT ON DATABASE "${foreign}" TO "${rig.first}"`);
    await rig.asBootstrap(`ALTER DATABASE ${closed} ALLOW_CONNECTIONS true`, `GRANT CONNECT ON DATABASE ${foreign} TO ${quoted(rig.first)}`);
    await rig.flip();
    await rig.in(foreign, rig.first, 'DROP TABLE public.t');
  });

  test('wait for a client that holds a lock, and make nobody wait in turn', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true });
    await rig.rotatedByAws('first');
    await rig.as(rig.twin, 'CREATE TABLE public.t (id int)', `GRANT SELECT ON public.t TO ${quoted(rig.first)}`);
    const client = await postgres.connect(rig.login(rig.first), rig.config.databaseName);
    await client.query('BEGIN');
    await client.query('SELECT * FROM public.t');
    const flip = rig.flip();
    setTimeout(() => void client.query('COMMIT'), 1_500);
    await flip;
    await client.end();
    await rig.as(rig.first, 'DROP TABLE public.t');
  });

  test('with a twin that the first user became a member of are refused with the way out', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.createLogin(rig.first);
    await rig.createLogin(rig.twin);
    await rig.asMaster(`GRANT ${quoted(rig.twin)} TO ${quoted(rig.first)}`);
    expect(await rejection(rig.flip())).toMatchObject({ code: 'USER_UNUSABLE', remedy: expect.stringContaining(`REVOKE "${rig.twin}" FROM "${rig.first}"`) });
  });

  test('may keep default privileges of a twin that creates nothing any more', async () => {
    const rig = await TwinsRig.create(postgres, { handOver: true });
    await rig.rotatedByAws('twin');
    await rig.as(rig.twin, `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${quoted(rig.first)}`, 'CREATE TABLE public.t ()');
    await rig.flip();
    await rig.as(rig.first, 'DROP TABLE public.t');
  });
});

describePostgres('a user in use that is to act as an owner role', postgres => {
  test('is refused before anything changes, and taken over once the role was granted its rights and it hands over what it owns', async () => {
    const before = await TwinsRig.create(postgres);
    await before.createLogin(before.first);
    before.current = before.inForce(before.first);
    await before.asMaster(`GRANT CREATE ON SCHEMA public TO ${quoted(before.first)}`, 'CREATE TABLE public.of_master ()', `GRANT SELECT ON public.of_master TO ${quoted(before.first)}`);
    await before.as(before.first, 'CREATE TABLE public.own (id int)');
    const owner = uniqueName('owner');
    const rig = before.configured({ ownerRole: owner, handOver: true });
    expect(await rejection(rig.flip())).toMatchObject({ code: 'DRIFT', reason: expect.stringContaining(`"${rig.first}" itself was granted rights`) });
    await rig.asMaster(
      `CREATE ROLE ${quoted(owner)} NOLOGIN`, `GRANT SELECT ON public.of_master TO ${quoted(owner)}`, `GRANT CREATE ON SCHEMA public TO ${quoted(owner)}`,
      `REVOKE SELECT ON public.of_master FROM ${quoted(rig.first)}`, `REVOKE CREATE ON SCHEMA public FROM ${quoted(rig.first)}`,
    );
    await rig.flip();
    for (const user of [rig.first, rig.twin]) await rig.as(user, 'SELECT * FROM public.of_master', `ALTER TABLE public.own ADD COLUMN ${quoted(user)} int`);
  });

  test('is refused for a temporary table of an open session, until that ends', async () => {
    const before = await TwinsRig.create(postgres);
    await before.createLogin(before.first);
    before.current = before.inForce(before.first);
    const client = await postgres.connect(before.login(before.first), before.config.databaseName);
    await client.query('CREATE TEMPORARY TABLE t ()');
    const rig = before.configured({ ownerRole: uniqueName('owner') });
    expect(await rejection(rig.flip())).toMatchObject({ code: 'DRIFT', reason: expect.stringContaining(`"${rig.first}" itself owns`) });
    await client.end();
    await eventually(() => rig.flip());
    expect(await rig.currentSignsIn()).toBe(true);
  });
});

/** The server drops the temporary tables of a session shortly after that has ended. */
async function eventually(work: () => Promise<void>, attempts = 50): Promise<void> {
  try {
    await work();
  } catch (error: unknown) {
    if (attempts === 0) throw error;
    await sleep(100);
    await eventually(work, attempts - 1);
  }
}

/** A schema in which whichever role the users act as may create. */
async function readyToCreate(rig: TwinsRig, databases: readonly string[]): Promise<void> {
  for (const database of databases) {
    await rig.in(database, rig.postgres.server.superuser, 'CREATE SCHEMA tables', 'GRANT ALL ON SCHEMA tables TO public');
  }
  await rig.asMaster(`REVOKE ALL ON SCHEMA public FROM ${quoted(rig.first)}`);
}

async function roles(rig: TwinsRig): Promise<unknown[]> {
  return rig.asBootstrap(`
    SELECT a.*, setconfig, (SELECT count(*) FROM pg_auth_members WHERE member = a.oid) FROM pg_authid AS a LEFT JOIN pg_db_role_setting ON setrole = a.oid
    WHERE rolname IN ('${rig.first}', '${rig.twin}') ORDER BY rolname`);
}
