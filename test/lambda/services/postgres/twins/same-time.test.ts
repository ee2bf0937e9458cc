import { quoted, TwinsRig } from './twins-rig';
import { StoredPair } from '../../../../../lambda/services/postgres/twins';
import { describeNewestPostgres, MASTER } from '../../../../support/postgres';
import { credentialOf, rejection } from '../../../../support/postgres-service';

describeNewestPostgres('rotations of one pair', postgres => {
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
