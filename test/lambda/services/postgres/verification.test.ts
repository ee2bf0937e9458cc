import { Credential } from '../../../../lambda/engine/contract/credential';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { PreparedVerification, VerificationOptions } from '../../../../lambda/services/postgres/verification';
import { SCRAM_OVER_TLS } from '../../../../rehearsal/postgres/server';
import { BOOTSTRAP, describePostgres, Login, uniqueName } from '../../../support/postgres';
import { configFor, connectorFor, credentialOf, rejection, testInvocation } from '../../../support/postgres-service';

describePostgres('a verification', postgres => {
  const invocation = testInvocation;
  const prepare = (options?: VerificationOptions, during = invocation()): Promise<PreparedVerification> =>
    PreparedVerification.prepare(connectorFor(configFor(postgres, 'app'), during), options);

  const verify = async (login: Login, options?: VerificationOptions, during = invocation()): Promise<void> => {
    const verification = await prepare(options, during);
    await verification.signIn(credentialOf(login)).finally(() => verification.end());
  };

  beforeAll(() => postgres.superuser.query('CREATE ROLE trusted'));

  test('accepts the right password, in one sign-in on the connection opened ahead', async () => {
    const login = await postgres.createLogin();
    const during = invocation();
    await verify(login, {}, during);
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

  test('fails when the server warned at the start-up, even for a role that silences warnings', async () => {
    const login = await postgres.createLogin();
    const [former, later] = [uniqueName(), uniqueName()];
    await postgres.superuser.query(`CREATE ROLE ${former}; ALTER ROLE ${login.username} SET client_min_messages = error; ALTER ROLE ${login.username} SET role = ${former}; ALTER ROLE ${former} RENAME TO ${later}`);
    expect(await rejection(verify(login))).toMatchObject({ code: 'VERIFICATION_FAILED', reason: expect.stringContaining(`role "${former}" does not exist`) });
  });

  test('accepts a password at the user\'s connection limit, where a session cannot be had', async () => {
    const login = await postgres.createLogin('CONNECTION LIMIT 0');
    const during = invocation();
    await verify(login, {}, during);
    expect(during.lines).toEqual([expect.objectContaining({ level: 'warn', username: login.username })]);
    expect(await rejection(verify({ ...login, password: 'wrong' }))).toBeInstanceOf(SignInRefused);
  });

  describe('of the role that a user acts as', () => {
    test('accepts the expected one', async () => {
      const [login, owner] = [await postgres.createLogin(), uniqueName()];
      await postgres.superuser.query(`CREATE ROLE ${owner}; GRANT ${owner} TO ${login.username}; ALTER ROLE ${login.username} SET role = ${owner}`);
      await verify(login, { expectedRole: owner });
      expect(await rejection(verify(login, { expectedRole: login.username }))).toMatchObject({ code: 'VERIFICATION_FAILED', reason: expect.stringContaining(`acts as "${owner}" and not as "${login.username}"`) });
    });

    test('has no verdict at the user\'s connection limit', async () => {
      const login = await postgres.createLogin('CONNECTION LIMIT 0');
      const error = await rejection(verify(login, { expectedRole: login.username }, invocation(300)));
      expect(error).toBeInstanceOf(NoVerdict);
      expect(error.code).toBe('SERVICE_BUSY');
    });
  });

  test('never throws when it ends, used or not', async () => {
    const verification = await prepare();
    await verification.end();
    await verification.end();
  });
}, { hba: ['hostssl all +trusted all trust', SCRAM_OVER_TLS] });
