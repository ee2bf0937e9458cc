import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Credential } from '../../../../lambda/engine/contract/credential';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { TurnedAway } from '../../../../lambda/services/postgres/sign-in-errors';
import { SCRAM_OVER_TLS } from '../../../../rehearsal/postgres/server';
import { BOOTSTRAP, describeNewestPostgres, Login, MASTER, uniqueName } from '../../../support/postgres';
import { PostgresProxy } from '../../../support/postgres-proxy';
import { configFor, connectorFor, credentialOf, rejection, testInvocation } from '../../../support/postgres-service';

const HBA = [
  'hostssl all +rejected all reject', 'hostssl all +cleartext all password', 'hostssl all +trusted all trust', SCRAM_OVER_TLS, 'host all all all scram-sha-256',
];

describeNewestPostgres('signing in', postgres => {
  const connector = (remainingMs?: number, overrides = {}): ReturnType<typeof connectorFor> => connectorFor(configFor(postgres, 'app', overrides), testInvocation(remainingMs));

  beforeAll(() => postgres.superuser.query('CREATE ROLE rejected; CREATE ROLE cleartext; CREATE ROLE trusted'));

  test('opens a session of the user over verified TLS', async () => {
    const session = await connector().signIn(credentialOf(MASTER));
    const rows = await session.query('SELECT session_user, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), (SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid())');
    expect(rows).toEqual([{ session_user: 'master', ssl: true, application_name: 'cdk-secret-rotation' }]);
    expect(Math.floor(session.serverVersionNum / 10_000)).toBe(postgres.major);
    expect(session.startupWarnings).toEqual([]);
    expect(session.authenticationMethod).toBe('scram-sha-256');
    await session.end();
  });

  test('is counted, once', async () => {
    const invocation = testInvocation();
    const session = await connectorFor(configFor(postgres, 'app'), invocation).signIn(credentialOf(MASTER));
    await session.end();
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 0, retries: 0 });
  });

  test.each<[string, (login: Login) => Promise<unknown> | Credential]>([
    ['with a wrong password', login => new Credential(login.username, 'wrong')],
    ['as a user that does not exist', () => new Credential('nobody-of-that-name', 'whatever')],
    ['as a user whose VALID UNTIL has passed', login => postgres.superuser.query(`ALTER ROLE ${login.username} VALID UNTIL '2020-01-01'`)],
    ['as a user without a password', login => postgres.superuser.query(`ALTER ROLE ${login.username} PASSWORD NULL`)],
  ])('%s is refused at once, with all its possible meanings', async (_case, prepare) => {
    const login = await postgres.createLogin();
    const prepared = await prepare(login);
    const credential = prepared instanceof Credential ? prepared : credentialOf(login);
    const invocation = testInvocation();
    const error = await rejection(connectorFor(configFor(postgres, 'app'), invocation).signIn(credential));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error.reason).toMatch(/password is wrong.*VALID UNTIL.*never set.*does not exist/);
    expect(error.remedy).toContain(`rolname = '${credential.username}'`);
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 1, retries: 0 });
  });

  test.each<[string, (login: Login) => string, RegExp]>([
    ['with NOLOGIN', ({ username }) => `ALTER ROLE ${username} NOLOGIN`, /not permitted to log in/],
    ['that pg_hba.conf rejects', ({ username }) => `GRANT rejected TO ${username}`, /pg_hba\.conf/],
  ])('as a user %s fails as USER_UNUSABLE', async (_case, statement, reason) => {
    const login = await postgres.createLogin('', { by: BOOTSTRAP }); // the master would become a member, too
    await postgres.superuser.query(statement(login));
    const error = await rejection(connector().signIn(credentialOf(login)));
    expect(error.code).toBe('USER_UNUSABLE');
    expect(error.reason).toMatch(reason);
  });

  test('never sends the password in clear text, whatever the server asks for', async () => {
    const login = await postgres.createLogin('', { by: BOOTSTRAP });
    await postgres.superuser.query(`GRANT cleartext TO ${login.username}`);
    const error = await rejection(connector().signIn(credentialOf(login)));
    expect(error.code).toBe('USER_UNUSABLE');
    expect(error.reason).toContain('in clear text');
    expect(error.remedy).toContain(`REVOKE rds_iam FROM "${login.username}"`);
  });

  describe('fails after the password was accepted', () => {
    test('when the database does not exist', async () => {
      const error = await rejection(connector().signIn(credentialOf(MASTER), { database: 'no such database' }));
      expect(error).toBeInstanceOf(TurnedAway);
      expect(error).toMatchObject({ code: 'MISCONFIGURED', authenticated: true });
    });

    test('when the user may not connect to the database; the remedy is the exact GRANT', async () => {
      const [login, database] = [await postgres.createLogin(), await postgres.createDatabase()];
      await postgres.superuser.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
      const error = await rejection(connector().signIn(credentialOf(login), { database }));
      expect(error).toMatchObject({ code: 'PERMISSION_DENIED', authenticated: true, remedy: `GRANT CONNECT ON DATABASE "${database}" TO "${login.username}"` });
    });

    test('when the user is at its connection limit, but not when the password is wrong then', async () => {
      const login = await postgres.createLogin('CONNECTION LIMIT 0');
      const error = await rejection(connector(300).signIn(credentialOf(login)));
      expect(error).toMatchObject({ code: 'SERVICE_BUSY', authenticated: true, reason: expect.stringContaining('too many connections for role') });
      expect(await rejection(connector().signIn(new Credential(login.username, 'wrong')))).toBeInstanceOf(SignInRefused);
    });

    test('when the database is at its connection limit', async () => {
      const [login, database] = [await postgres.createLogin(), await postgres.createDatabase()];
      await postgres.superuser.query(`ALTER DATABASE ${database} CONNECTION LIMIT 0`);
      expect(await rejection(connector(300).signIn(credentialOf(login), { database }))).toMatchObject({ code: 'SERVICE_BUSY', authenticated: true });
    });
  });

  test('waits for a connection of its own user to end', async () => {
    const login = await postgres.createLogin('CONNECTION LIMIT 1');
    const other = await postgres.connect(login);
    const invocation = testInvocation();
    const signingIn = connectorFor(configFor(postgres, 'app'), invocation).signIn(credentialOf(login));
    while (invocation.measurements.retries === 0) await sleep(10);
    await other.end();
    await (await signingIn).end();
  });

  test('has no verdict when the server has no connection left, and waits for one', async () => {
    const clients: Client[] = [];
    for (let full = false; !full;) full = !await postgres.connect(BOOTSTRAP).then(client => clients.push(client), () => 0);
    const login = credentialOf(MASTER);
    const error = await rejection(connector(300).signIn(login));
    expect(error).toMatchObject({ code: 'SERVICE_BUSY' });
    expect(error).toBeInstanceOf(NoVerdict);
    const invocation = testInvocation();
    const signingIn = connectorFor(configFor(postgres, 'app'), invocation).signIn(login);
    while (invocation.measurements.retries === 0) await sleep(10);
    await Promise.all(clients.map(client => client.end()));
    await (await signingIn).end();
  });

  test('waits for a server that is starting', async () => {
    await postgres.server.pause();
    const invocation = testInvocation();
    const signingIn = connectorFor(configFor(postgres, 'app'), invocation).signIn(credentialOf(MASTER));
    while (invocation.measurements.retries === 0) await sleep(10);
    await postgres.server.resume();
    await (await signingIn).end();
    await postgres.reconnect();
  });

  test('has no verdict when the server stays away', async () => {
    await postgres.server.pause();
    const error = await rejection(connector(300).signIn(credentialOf(MASTER)));
    await postgres.server.resume();
    await postgres.reconnect();
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('ECONNREFUSED') });
  });

  test('opens another connection when the one opened ahead is dead', async () => {
    const invocation = testInvocation();
    const own = connectorFor(configFor(postgres, 'app'), invocation);
    const socket = await own.open();
    socket.destroy();
    await (await own.signIn(credentialOf(MASTER), { socket })).end();
    expect(invocation.measurements).toMatchObject({ signIns: 1, retries: 0 });
  });

  test('uses the connection opened ahead', async () => {
    const own = connector();
    const socket = await own.open();
    const session = await own.signIn(credentialOf(MASTER), { socket });
    const [row] = await session.query<{ port: number }>('SELECT client_port AS port FROM pg_stat_activity WHERE pid = pg_backend_pid()');
    expect(row?.port).toBe(socket.localPort);
    await session.end();
  });

  test('takes nothing from the environment', async () => {
    const hostile = {
      PGHOST: 'elsewhere.invalid', PGPORT: '1', PGUSER: 'somebody', PGPASSWORD: 'else', PGDATABASE: 'elsewhere', PGOPTIONS: '-c work_mem=64kB', PGSSLMODE: 'disable', PGSSLNEGOTIATION: 'direct', PGAPPNAME: 'other',
    };
    Object.assign(process.env, hostile);
    try {
      const session = await connector().signIn(credentialOf(MASTER));
      expect(await session.query('SELECT session_user, current_database(), current_setting(\'work_mem\') AS work_mem, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())'))
        .toEqual([{ session_user: 'master', current_database: 'postgres', work_mem: '4MB', ssl: true }]);
      await session.end();
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
    }
  });

  test.each([
    ['user', new Credential('app\0options\0-c work_mem=64kB', 'whatever'), {}],
    ['database', new Credential('app', 'whatever'), { database: 'a\0b' }],
  ])('refuses a %s name that would add to the start-up packet', async (_case, credential, options) => {
    expect((await rejection(connector().signIn(credential, options))).code).toBe('MISCONFIGURED');
  });

  describe('sets its own parameters, whatever the role has', () => {
    const settings = { client_min_messages: 'error', search_path: 'evil', default_transaction_read_only: 'on', synchronous_commit: 'off', statement_timeout: '1ms', role: 'rds_password' };
    const wanted = { client_min_messages: 'warning', search_path: 'pg_catalog', default_transaction_read_only: 'off', synchronous_commit: 'on', role: 'none' };
    const read = `SELECT ${Object.keys(wanted).map(name => `current_setting('${name}') AS ${name}`).join(', ')}`;
    const timeouts = `SELECT ${['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout'].map(name => `current_setting('${name}') <> '0' AS ${name}`).join(', ')}`;
    let login: Login;

    beforeAll(async () => {
      login = await postgres.createLogin();
      await postgres.superuser.query(`GRANT rds_password TO ${login.username}`);
      for (const [name, value] of Object.entries(settings)) await postgres.superuser.query(`ALTER ROLE ${login.username} SET ${name} = '${value}'`);
    });

    test('in the start-up packet', async () => {
      const session = await connector().signIn(credentialOf(login), { role: 'none' });
      expect(await session.query(read)).toEqual([wanted]);
      expect(Object.values((await session.query<object>(timeouts))[0] ?? {})).toEqual([true, true, true, true]);
      await session.end();
    });

    test.each(['08P01', '0A000'])('in a statement where a pooler refuses options (%s), and asks that pooler no second time', async sqlState => {
      const proxy = await PostgresProxy.start(postgres.server.port);
      let refusals = 0;
      proxy.script = {
        onStartUp: parameters => {
          if (!parameters.has('options')) return undefined;
          refusals++;
          return { sqlState, message: 'unsupported startup parameter: options' };
        },
      };
      const pooled = connector(undefined, proxy.endpoint);
      for (const _time of ['first', 'second']) {
        const session = await pooled.signIn(credentialOf(login), { role: 'none' });
        expect(await session.query(read)).toEqual([wanted]);
        expect(Object.values((await session.query<object>(timeouts))[0] ?? {})).toEqual([true, true, true, true]);
        await session.end();
      }
      await proxy.stop();
      expect(refusals).toBe(1);
    });
  });

  test('tells the warnings of the start-up', async () => {
    const login = await postgres.createLogin();
    const [former, later] = [uniqueName(), uniqueName()];
    await postgres.superuser.query(`CREATE ROLE ${former}; ALTER ROLE ${login.username} SET role = ${former}; ALTER ROLE ${former} RENAME TO ${later}`);
    const session = await connector().signIn(credentialOf(login));
    expect(session.startupWarnings).toEqual([expect.stringContaining(`role "${former}" does not exist`)]);
    await session.end();
  });
}, { hba: HBA, settings: { max_connections: '12', superuser_reserved_connections: '1' } });
