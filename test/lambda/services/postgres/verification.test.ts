import { Credential } from '../../../../lambda/engine/contract/credential';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { PreparedVerification } from '../../../../lambda/services/postgres/verification';
import { SCRAM_OVER_TLS } from '../../../../rehearsal/postgres/server';
import { BOOTSTRAP, describeNewestPostgres, Login, uniqueName } from '../../../support/postgres';
import { configFor, connectorFor, credentialOf, rejection, testInvocation } from '../../../support/postgres-service';

describeNewestPostgres('a verification', postgres => {
  const invocation = testInvocation;
  const prepare = (during = invocation()): Promise<PreparedVerification> =>
    PreparedVerification.prepare(connectorFor(configFor(postgres, 'app'), during));

  const verify = async (login: Login, during = invocation()): Promise<void> => {
    const verification = await prepare(during);
    await verification.signIn(credentialOf(login)).finally(() => verification.end());
  };

  beforeAll(() => postgres.superuser.query('CREATE ROLE trusted'));

  test('accepts the right password, in one sign-in on the connection opened ahead', async () => {
    const login = await postgres.createLogin();
    const during = invocation();
    await verify(login, during);
    expect(during.measurements).toMatchObject({ signIns: 1, signInsRefused: 0, retries: 0 });
  });

  test('fails with a wrong password', async () => {
    const login = await postgres.createLogin();
    expect(await rejection(verify({ ...login, password: 'wrong' }))).toBeInstanceOf(SignInRefused);
  });

  test('can be made twice with one preparation', async () => {
    const login = await postgres.createLogin();
    const verification = await prepare();
    await verification.signIn(credentialOf(login));
    expect(await rejection(verification.signIn(new Credential(login.username, 'wrong')))).toBeInstanceOf(SignInRefused);
    await verification.end();
  });

  test('works when the server restarted since it was prepared', async () => {
    const login = await postgres.createLogin();
    const verification = await prepare();
    await postgres.server.restart();
    await postgres.reconnect();
    await verification.signIn(credentialOf(login));
    await verification.end();
  });

  test('fails when the server asks for no password, which would prove nothing', async () => {
    const login = await postgres.createLogin('', { by: BOOTSTRAP });
    await postgres.superuser.query(`GRANT trusted TO ${login.username}`);
    expect(await rejection(verify({ ...login, password: 'wrong' }))).toMatchObject({ code: 'VERIFICATION_FAILED', reason: expect.stringContaining('no password') });
  });

  test('says what the server warned of, even for a role that silences warnings', async () => {
    const login = await postgres.createLogin();
    const [former, later] = [uniqueName(), uniqueName()];
    await postgres.superuser.query(`CREATE ROLE ${former}; ALTER ROLE ${login.username} SET client_min_messages = error; ALTER ROLE ${login.username} SET role = ${former}; ALTER ROLE ${former} RENAME TO ${later}`);
    const during = invocation();
    await verify(login, during);
    expect(during.lines).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining(`role "${former}" does not exist`) })]);
  });

  test('accepts a password at the user\'s connection limit, where a session cannot be had', async () => {
    const login = await postgres.createLogin('CONNECTION LIMIT 0');
    const during = invocation();
    await verify(login, during);
    expect(during.lines).toEqual([expect.objectContaining({ level: 'warn', username: login.username })]);
    expect(await rejection(verify({ ...login, password: 'wrong' }))).toBeInstanceOf(SignInRefused);
  });

  test('gives up soon where a server is busy before it checks the password: clients are refused meanwhile', async () => {
    const login = await postgres.createLogin();
    const during = invocation(60_000);
    const verification = await prepare(during);
    await postgres.server.pause();
    const error = await rejection(verification.signIn(credentialOf(login))).finally(() => verification.end());
    await postgres.server.resume();
    await postgres.reconnect();
    expect(error).toBeInstanceOf(NoVerdict);
    expect(during.deadline.remainingMs).toBeGreaterThan(40_000);
  });

  test('never throws when it ends, used or not', async () => {
    const verification = await prepare();
    await verification.end();
    await verification.end();
  });
}, { hba: ['hostssl all +trusted all trust', SCRAM_OVER_TLS] });
