import { quoted, TwinsRig } from './twins-rig';
import { RotationError } from '../../../../../lambda/engine/contract/errors';
import { StoredPair } from '../../../../../lambda/services/postgres/twins';
import { MAJORS, TestPostgres } from '../../../../support/postgres';
import { PostgresProxy, QueryAction } from '../../../../support/postgres-proxy';
import { rejection } from '../../../../support/postgres-service';

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
