import { quoted, TwinsRig } from './twins-rig';
import { describeNewestPostgres, MAJORS, TestPostgres, uniqueName } from '../../../../support/postgres';
import { rejection } from '../../../../support/postgres-service';

describeNewestPostgres('the sign-in before promotion', postgres => {
  const failing: readonly [string, (rig: TwinsRig) => Promise<unknown>, RegExp][] = [
    ['whose membership is gone', rig => rig.asMaster(`REVOKE ${quoted(rig.first)} FROM ${quoted(rig.twin)}`), /permission denied to set role|acts as "app_\w+_clone", and must act as/],
    ['that acts as itself in this database', rig => rig.asMaster(`ALTER ROLE ${quoted(rig.twin)} IN DATABASE ${quoted(rig.config.databaseName)} SET role = none`), /the session acts as "app_\w+_clone", and must act as "app_\w+"/],
    ['whose `role` setting is gone', rig => rig.asMaster(`ALTER ROLE ${quoted(rig.twin)} RESET role`), /the session acts as "app_\w+_clone", and must act as "app_\w+"/],
    ['whose first user was renamed', rig => rig.asBootstrap(`ALTER ROLE ${quoted(rig.first)} RENAME TO ${uniqueName('renamed')}`), /role "app_\w+" does not exist/],
    ['with a setting that the server warns of', rig => rig.asMaster(`ALTER ROLE ${quoted(rig.twin)} SET default_text_search_config = 'no.such'`), /default_text_search_config/],
  ];

  test.each(failing)('fails for a twin %s, although it succeeds', async (_, spoil, reason) => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    await spoil(rig);
    expect(await rig.currentSignsIn()).toBe(true);
    expect(await rejection(rig.twins().verify(rig.current.credential))).toMatchObject({ code: 'VERIFICATION_FAILED', reason: expect.stringMatching(reason) });
  });

  test('fails for an owner role that a user may not act as', async () => {
    const rig = await TwinsRig.create(postgres, { ownerRole: uniqueName('owner') });
    await rig.flip();
    await rig.asMaster(`REVOKE ${quoted(rig.config.ownerRole ?? '')} FROM ${quoted(rig.twin)}`);
    expect(await rejection(rig.twins().verify(rig.current.credential))).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  test('fails when the password is refused', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    expect(await rejection(rig.twins().verify(rig.stored(rig.twin).credential))).toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });

  test('waits for a user at its connection limit, and does not promote whom it has not seen act', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.createLogin(rig.first, 'CONNECTION LIMIT 1');
    await rig.flip();
    const client = await postgres.connect(rig.login(rig.twin), rig.config.databaseName);
    expect(await rejection(rig.twins(1_500).verify(rig.current.credential))).toMatchObject({ code: 'SERVICE_BUSY' });
    const verified = rig.twins().verify(rig.current.credential);
    await client.end();
    await verified;
  });

  test('is one sign-in where there are no further endpoints', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    const before = connections(postgres, rig.twin);
    await rig.twins().verify(rig.current.credential);
    expect(connections(postgres, rig.twin)).toBe(before + 1);
  });
}, { settings: { log_connections: 'on' } });

function connections(postgres: TestPostgres, username: string): number {
  return postgres.server.log().split(`connection authorized: user=${username}`).length - 1;
}

describe('a reader that lags behind', () => {
  const [major = 18] = MAJORS;
  const [writer, reader] = [new TestPostgres(major, {}), new TestPostgres(major, {})];
  beforeAll(async () => Promise.all([writer.start(), reader.start()]));
  afterAll(async () => Promise.all([writer.stop(), reader.stop()]));

  const withReader = async (): Promise<TwinsRig> => {
    const rig = await TwinsRig.create(writer, { verifyEndpoints: [reader.endpoint] });
    await reader.createDatabase(undefined, rig.config.databaseName);
    return rig;
  };

  test('is waited for: first it refuses the password, then knows nothing of the membership', async () => {
    const rig = await withReader();
    const pending = rig.stored(rig.twin);
    await rig.converge({ pending });
    const verified = rig.twins().verify(pending.credential);
    let done = false;
    void verified.then(() => { done = true; });
    await reader.superuser.query(`CREATE ROLE ${rig.twin} LOGIN PASSWORD '${pending.credential.password}'`);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(done).toBe(false);
    await reader.superuser.query(`CREATE ROLE ${rig.first}; GRANT ${rig.first} TO ${rig.twin}; ALTER ROLE ${rig.twin} SET role = ${rig.first}`);
    await verified;
  });

  test('fails the rotation when the time is used up, saying what was waited for', async () => {
    const rig = await withReader();
    const pending = rig.stored(rig.twin);
    await rig.converge({ pending });
    expect(await rejection(rig.twins(2_000).verify(pending.credential))).toMatchObject({
      code: 'DEADLINE', reason: expect.stringMatching(new RegExp(`waiting for localhost:${reader.server.port} of .verifyEndpoints. .* was refused`)),
    });
  });
});
