import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoted, TwinsRig } from './twins-rig';
import { describePostgres, uniqueName } from '../../../../support/postgres';
import { credentialOf, rejection } from '../../../../support/postgres-service';

describePostgres('a superuser', postgres => {
  const fresh = (): Promise<TwinsRig> => TwinsRig.create(postgres);
  const preflight = (rig: TwinsRig): Promise<void> => rig.twins().preflight(credentialOf(rig.superuser), rig.current.credential);

  describe('of a pair that a rotation can go on with', () => {
    test('passes the preflight, which changes nothing and makes no failed sign-in', async () => {
      const rig = await TwinsRig.create(postgres, { memberOf: ['pg_read_all_stats'] });
      await rig.asBootstrap('GRANT pg_read_all_stats TO master WITH ADMIN OPTION');
      await preflight(rig);
      expect(await rig.asBootstrap(`SELECT FROM pg_roles WHERE rolname = '${rig.first}'`)).toEqual([]);
      await rig.flip();
      await preflight(rig);
      await rig.flip();
      await preflight(rig);
    });

    test('passes the preflight of a pair that AWS\'s function rotated, where the hand-over is on', async () => {
      const rig = await TwinsRig.create(postgres, { handOver: true });
      await rig.rotatedByAws('twin');
      await rig.as(rig.twin, 'CREATE TABLE public.t ()');
      await preflight(rig);
      expect(await rejection(preflight(rig.configured({ handOver: false })))).toMatchObject({ code: 'PREFLIGHT_FAILED', remedy: expect.stringContaining('handOver: true') });
      await preflight(rig.configured({ handOver: false, onDrift: 'WARN' }));
    });
  });

  test('whose password is wrong is refused under a code of its own, by converge and preflight', async () => {
    const rig = await fresh();
    rig.superuser = { username: 'master', password: 'wrong' };
    expect(await rejection(rig.converge())).toMatchObject({ code: 'SUPERUSER_REFUSED' });
    expect(await rejection(preflight(rig))).toMatchObject({ code: 'SUPERUSER_REFUSED' });
  });

  test('without CREATEROLE is told the statement that gives it', async () => {
    const rig = await fresh();
    rig.superuser = await postgres.createLogin();
    const remedy = expect.stringContaining(`ALTER ROLE "${rig.superuser.username}" CREATEROLE`) as string;
    expect(await rejection(rig.converge())).toMatchObject({ code: 'PERMISSION_DENIED', remedy });
    expect(await rejection(preflight(rig))).toMatchObject({ code: 'PREFLIGHT_FAILED', remedy });
  });

  test('hears of every problem at once, each with its remedy', async () => {
    const rig = await TwinsRig.create(postgres, { memberOf: ['no such role'], verifyEndpoints: [{ host: 'localhost', port: 1 }] });
    await rig.createLogin(rig.first, 'VALID UNTIL \'2001-01-01\'');
    await rig.createLogin(rig.twin);
    await rig.asBootstrap(`ALTER ROLE ${quoted(rig.twin)} NOLOGIN`, `ALTER ROLE ${quoted(rig.first)} SET log_statement = 'all'`);
    const { reason, remedy } = await rejection(rig.twins(3_000).preflight(credentialOf(rig.superuser), rig.inForce(rig.twin).credential));
    for (const problem of ['`memberOf` names role "no such role"', `VALID UNTIL of "${rig.first}" is past`, `"${rig.twin}" is NOLOGIN`, 'the setting "log_statement"', 'localhost:1']) {
      expect(reason).toContain(problem);
    }
    for (const way of ['CREATE ROLE "no such role"', `ALTER ROLE "${rig.twin}" LOGIN`, `ALTER ROLE "${rig.first}" VALID UNTIL 'infinity'`, 'GRANT SET ON PARAMETER "log_statement" TO "master"']) {
      expect(remedy).toContain(way);
    }
  });

  test('is told of a parameter that it may set after all', async () => {
    const rig = await fresh();
    await rig.createLogin(rig.first);
    await rig.asBootstrap(`ALTER ROLE ${quoted(rig.first)} SET log_min_duration_statement = 7`, 'GRANT SET ON PARAMETER log_min_duration_statement TO master');
    await preflight(rig);
    await rig.flip();
    expect(await rig.as(rig.twin, 'SHOW log_min_duration_statement')).toEqual(['7ms']);
  });

  test.each([
    ['NOLOGIN', /is NOLOGIN/], ['LOGIN REPLICATION', /signs in for replication/], ['LOGIN IN ROLE rds_iam', /is a member of rds_iam/],
  ])('does not touch a first user that is %s', async (options, reason) => {
    const rig = await fresh();
    await rig.asBootstrap(`CREATE ROLE ${quoted(rig.first)} ${options}`);
    expect(await rejection(rig.converge())).toMatchObject({ code: 'USER_UNUSABLE', reason: expect.stringMatching(reason) });
    expect(await rejection(preflight(rig))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringMatching(reason) });
    expect(await rig.asBootstrap(`SELECT FROM pg_roles WHERE rolname = '${rig.twin}'`)).toEqual([]);
  });

  test('does not take a role that can sign in for an owner role', async () => {
    const owner = await postgres.createLogin();
    const rig = await TwinsRig.create(postgres, { ownerRole: owner.username });
    expect(await rejection(rig.converge())).toMatchObject({ code: 'USER_UNUSABLE', remedy: expect.stringContaining(`ALTER ROLE "${owner.username}" NOLOGIN`) });
  });

  test('does not repeat a first user that fails open: it may not act as its own `role` setting', async () => {
    const rig = await fresh();
    const boss = uniqueName('boss');
    await rig.createLogin(rig.first);
    await rig.asMaster(`CREATE ROLE ${boss}`, `ALTER ROLE ${quoted(rig.first)} SET role = ${boss}`);
    expect(await rejection(rig.converge())).toMatchObject({ code: 'USER_UNUSABLE', remedy: expect.stringContaining(`GRANT "${boss}" TO "${rig.first}"`) });
    await rig.asMaster(`DROP ROLE ${boss}`);
    expect(await rejection(rig.converge())).toMatchObject({ code: 'USER_UNUSABLE', reason: expect.stringContaining('which does not exist') });
  });

  test('is not stopped where read-only is but the default of the database', async () => {
    const rig = await fresh();
    await rig.asBootstrap(`ALTER DATABASE ${quoted(rig.config.databaseName)} SET default_transaction_read_only = on`);
    await rig.flip();
    expect(await rig.currentSignsIn()).toBe(true);
  });

  if (postgres.major >= 16) {
    test('needs ADMIN OPTION on what somebody else created, and is told the statement', async () => {
      const rig = await fresh();
      await rig.createLogin(rig.first, '', postgres.server.superuser);
      const remedy = expect.stringContaining(`GRANT "${rig.first}" TO "master" WITH ADMIN OPTION`) as string;
      expect(await rejection(rig.converge())).toMatchObject({ code: 'PERMISSION_DENIED', remedy });
      expect(await rejection(preflight(rig))).toMatchObject({ code: 'PREFLIGHT_FAILED', remedy });
      await rig.asBootstrap(`GRANT ${quoted(rig.first)} TO master WITH ADMIN OPTION`);
      await preflight(rig);
      await rig.flip();
    });

    test('that lost ADMIN OPTION, and the twin its membership with it, is told so; with it back the twin is whole again', async () => {
      const rig = await fresh();
      await rig.flip();
      await rig.asBootstrap(`REVOKE ${quoted(rig.first)} FROM master CASCADE`);
      expect(await rig.as(rig.twin, 'SELECT current_user')).toEqual([rig.twin]);
      const remedy = expect.stringContaining(`GRANT "${rig.first}" TO "master" WITH ADMIN OPTION`) as string;
      expect(await rejection(rig.converge())).toMatchObject({ code: 'PERMISSION_DENIED', remedy });
      await rig.asBootstrap(`GRANT ${quoted(rig.first)} TO master WITH ADMIN OPTION`);
      await rig.flip();
      expect(await rig.as(rig.twin, 'SELECT current_user')).toEqual([rig.first]);
    });
  }

  test('is stopped at a server that takes no writes', async () => {
    const rig = await fresh();
    await rig.flip();
    await postgres.server.pause();
    writeFileSync(join(postgres.server.home, 'data', 'standby.signal'), '');
    await postgres.server.resume();
    expect(await rejection(rig.converge())).toMatchObject({ code: 'READ_ONLY_SERVER' });
    expect(await rejection(preflight(rig))).toMatchObject({ code: 'PREFLIGHT_FAILED', reason: expect.stringContaining('read-only') });
    expect(await rig.currentSignsIn()).toBe(true);
  });
});
