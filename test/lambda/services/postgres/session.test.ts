import { setTimeout as sleep } from 'node:timers/promises';
import { NoVerdict, RotationError } from '../../../../lambda/engine/contract/errors';
import type { Session } from '../../../../lambda/services/postgres/session';
import { StatementFailed } from '../../../../lambda/services/postgres/statement-errors';
import { describePostgres, MASTER, uniqueName } from '../../../support/postgres';
import { PostgresProxy, QueryAction } from '../../../support/postgres-proxy';
import { configFor, connectorFor, credentialOf, rejection, testInvocation } from '../../../support/postgres-service';

describePostgres('a session', postgres => {
  const signIn = (remainingMs?: number, overrides = {}): Promise<Session> =>
    connectorFor(configFor(postgres, 'app', overrides), testInvocation(remainingMs)).signIn(credentialOf(MASTER));

  test('commits what a transaction did, and nothing of one that fails', async () => {
    const session = await signIn();
    const [kept, dropped] = [uniqueName(), uniqueName()];
    await session.transaction(() => session.query(`CREATE ROLE ${kept}`));
    const error = await rejection(session.transaction(async () => {
      await session.query(`CREATE ROLE ${dropped}`);
      await session.query('SELECT no_such_function()');
    }));
    expect(error).toBeInstanceOf(StatementFailed);
    expect(await session.query('SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)', [[kept, dropped]])).toEqual([{ rolname: kept }]);
    await session.end();
  });

  test('fails a transaction whose failed statement was overlooked', async () => {
    const session = await signIn();
    const role = uniqueName();
    const error = await rejection(session.transaction(async () => {
      await session.query(`CREATE ROLE ${role}`);
      await session.query('SELECT no_such_function()').catch(() => undefined);
    }));
    expect(error.reason).toContain('was rolled back');
    expect(await session.query('SELECT FROM pg_roles WHERE rolname = $1', [role])).toEqual([]);
    await session.end();
  });

  test('has no verdict on a statement that the server is gone from, and none on any after it', async () => {
    const session = await signIn();
    const sleeping = rejection(session.query('SELECT pg_sleep(60)'));
    await sleep(50);
    await postgres.server.crash();
    const error = await sleeping;
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error.code).toBe('SERVICE_UNREACHABLE');
    expect(await rejection(session.query('SELECT 1'))).toBeInstanceOf(NoVerdict);
    await session.end();
    await postgres.server.resume();
    await postgres.reconnect();
  });

  test.each(['in mid-statement', 'while idle'])('has no verdict when it is terminated %s', async when => {
    const session = await signIn();
    const [row] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const sleeping = when === 'while idle' ? undefined : rejection(session.query('SELECT pg_sleep(60)'));
    await postgres.superuser.query('SELECT pg_terminate_backend($1, 5000)', [row?.pid]);
    const error = await (sleeping ?? rejection(session.query('SELECT 1')));
    expect(error).toBeInstanceOf(NoVerdict);
    await session.end();
  });

  test.each<QueryAction>(['cut before', 'cut after', 'silence'])('has no verdict when the network fails (%p)', async action => {
    const proxy = await PostgresProxy.start(postgres.server.port);
    proxy.script = { onQuery: sql => (sql.includes('42') ? action : 'forward') };
    const session = await signIn(100, proxy.endpoint);
    const error = await rejection(session.query('SELECT 42'));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error.code).toBe('SERVICE_UNREACHABLE');
    await session.end();
    await proxy.stop();
  });

  test('gives up a statement that takes longer than the deadline', async () => {
    const session = await signIn();
    await session.query('SET statement_timeout = 10');
    const error = await rejection(session.query('SELECT pg_sleep(60)'));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error.code).toBe('SERVICE_BUSY');
    await session.end();
  });

  test('tells a read-only server from other failures', async () => {
    const session = await signIn();
    await session.query('SET default_transaction_read_only = on');
    const error = await rejection(session.query(`CREATE ROLE ${uniqueName()}`));
    expect(error).toMatchObject({ code: 'READ_ONLY_SERVER', remedy: expect.stringContaining('writer') });
    await session.end();
  });

  test('tells no statement, no detail and no context of a failure', async () => {
    const session = await signIn();
    const errors: RotationError[] = [];
    for (const sql of ["SELECT 1 'secret-in-statement'", "DO $$ BEGIN RAISE EXCEPTION 'plain' USING DETAIL = 'secret-in-detail', HINT = 'secret-in-hint'; END $$", "CREATE ROLE x PASSWORD 'secret-in-statement' PASSWORD 'again'"]) {
      errors.push(await rejection(session.query(sql)));
    }
    for (const error of errors) expect(`${JSON.stringify(error)}${error.stack}${error.message}${error.remedy}`).not.toContain('secret-in');
    await session.end();
  });

  test('ends although the server is silent', async () => {
    const proxy = await PostgresProxy.start(postgres.server.port);
    const session = await signIn(undefined, proxy.endpoint);
    proxy.freeze();
    await session.end();
    await proxy.stop();
  });
}, { hba: ['host all all all scram-sha-256'] });
