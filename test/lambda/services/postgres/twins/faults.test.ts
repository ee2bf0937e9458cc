import { quoted, TwinsRig } from './twins-rig';
import { RotationError } from '../../../../../lambda/engine/contract/errors';
import { StoredPair } from '../../../../../lambda/services/postgres/twins';
import { describePostgres, MAJORS, MASTER, TestPostgres } from '../../../../support/postgres';
import { PostgresProxy, QueryAction } from '../../../../support/postgres-proxy';
import { credentialOf, rejection } from '../../../../support/postgres-service';

const [newest = 18] = MAJORS.slice(-1);

describe('a take-over that is cut off', () => {
  const postgres = new TestPostgres(newest, { hba: ['hostssl all all all scram-sha-256', 'host all all all scram-sha-256'] });
  let proxy: PostgresProxy;
  let databaseName: string;
  beforeAll(async () => {
    await postgres.start();
    proxy = await PostgresProxy.start(postgres.server.port);
    databaseName = await postgres.createDatabase();
  });
  afterAll(async () => {
    await proxy.stop();
    await postgres.stop();
  });

  test.each(['cut before', 'cut after'] as const)('at any statement (%s) leaves AWSCURRENT whole, and the next run completes it', async action => {
    let cut = true;
    let cases = 0;
    for (let at = 1; cut; at++) {
      const rig = await awsPair(postgres, databaseName);
      cut = await convergeCutting(rig, proxy, at, action);
      await assertCurrentWhole(rig);
      await rig.flip();
      await rig.as(rig.first, `DROP TABLE public.${quoted(rig.twin)}`);
      cases++;
    }
    expect(cases).toBeGreaterThan(15);
  });

  test.each([1, 2, 3])('at check %i of the labels leaves AWSCURRENT whole, and the next run completes it', async at => {
    const rig = await awsPair(postgres, databaseName);
    let checks = 0;
    const fence = async (): Promise<StoredPair> => {
      if (++checks === at) throw new RotationError('ROTATION_SUPERSEDED', 'AWSPENDING was lost', { remedy: 'Nothing needs to be done' });
      return { current: rig.current, pending: rig.stored(rig.first) };
    };
    const stored = await postgres.storedPassword(rig.first);
    expect(await rejection(rig.converge({ fence }))).toMatchObject({ code: 'ROTATION_SUPERSEDED' });
    expect(await postgres.storedPassword(rig.first) === stored).toBe(at === 1);
    await assertCurrentWhole(rig);
    await rig.flip();
    await rig.as(rig.first, `DROP TABLE public.${quoted(rig.twin)}`);
  });
});

describePostgres('rotations of one pair', postgres => {
  test('at the same time wait for each other', async () => {
    const rig = await TwinsRig.create(postgres);
    const [one, two] = [rig.stored(rig.twin), rig.stored(rig.twin)];
    await Promise.all([rig.converge({ pending: one }), rig.converge({ pending: two })]);
    const accepted = await Promise.all([one, two].map(async ({ credential: { username, password } }) => postgres.trySignIn({ username, password })));
    expect([...accepted].sort()).toEqual(['28P01', 'accepted']);
    expect(await rig.currentSignsIn()).toBe(true);
  });

  test('fail when somebody else keeps the lock, with nothing changed', async () => {
    const rig = await TwinsRig.create(postgres);
    const holder = await postgres.connect(postgres.server.superuser, rig.config.databaseName);
    await holder.query('SELECT pg_advisory_lock($1, hashtext($2))', [0x63737231, rig.first]);
    const fence = (): Promise<StoredPair> => Promise.resolve({ current: rig.current, pending: rig.stored(rig.twin) });
    const blocked = rig.twins(2_000).converge({ superuser: credentialOf(MASTER), fence });
    expect(await rejection(blocked)).toMatchObject({ code: 'SERVICE_BUSY' });
    await holder.end();
    expect(await rig.asBootstrap(`SELECT FROM pg_roles WHERE rolname = '${rig.first}'`)).toEqual([]);
  });

  test('go on although the roles are changed by others at the same time', async () => {
    const rig = await TwinsRig.create(postgres);
    await rig.flip();
    const others = await Promise.all([1, 2].map(async () => postgres.connect(postgres.server.superuser)));
    let busy = true;
    const disturb = others.map(async client => {
      while (busy) await client.query(`ALTER ROLE ${quoted(rig.first)} CONNECTION LIMIT -1; ALTER ROLE ${quoted(rig.twin)} CONNECTION LIMIT -1`).catch(() => undefined);
    });
    for (let flips = 0; flips < 4; flips++) await rig.flip();
    busy = false;
    await Promise.all(disturb);
    await Promise.all(others.map(async client => client.end()));
    expect(await rig.currentSignsIn()).toBe(true);
  });

  test('that start anew after the users were created, and before anything was promoted, end in the same state', async () => {
    const rig = await TwinsRig.create(postgres);
    const pending = rig.stored(rig.twin);
    await rig.converge({ pending });
    const stored = await postgres.storedPassword(rig.twin);
    await rig.converge({ pending });
    expect(await postgres.storedPassword(rig.twin)).toBe(stored);
    expect(await rig.currentSignsIn()).toBe(true);
  });
});

/** AWS's function left the twin current, and it owns a table. */
async function awsPair(postgres: TestPostgres, databaseName: string): Promise<TwinsRig> {
  const rig = await TwinsRig.create(postgres, { databaseName, handOver: true });
  await rig.rotatedByAws('twin');
  await rig.as(rig.twin, `CREATE TABLE public.${quoted(rig.twin)} (id int)`);
  return rig;
}

/** Whether there was a statement of that number to cut off. */
async function convergeCutting(rig: TwinsRig, proxy: PostgresProxy, at: number, action: QueryAction): Promise<boolean> {
  let statements = 0;
  proxy.script = { onQuery: () => ++statements === at ? action : 'forward' };
  const through = rig.configured(proxy.endpoint);
  await through.converge().catch((error: unknown) => expect(error).toBeInstanceOf(RotationError));
  for (const [username, password] of through.passwords) rig.passwords.set(username, password);
  return statements >= at;
}

async function assertCurrentWhole(rig: TwinsRig): Promise<void> {
  expect(await rig.currentSignsIn()).toBe(true);
  await rig.as(rig.twin, `INSERT INTO public.${quoted(rig.twin)} VALUES (1)`, `ALTER TABLE public.${quoted(rig.twin)} ADD COLUMN c int`);
}
