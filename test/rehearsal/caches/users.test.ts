import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS, Harness, harness, ONE, stopHarnesses, THREE, TWO } from './harness';
import { refusal, ServiceUnderTest, SERVICES } from './services';
import { trySignIn } from '../redis/harness';

afterEach(stopHarnesses);

async function untilActive(it: ServiceUnderTest, stage: Harness): Promise<void> {
  while ((await it.describe(stage)).status !== 'active') await sleep(5); // else the test times out
}

describe.each(SERVICES)('A user of $service', (it) => {
  test('signs in with the passwords that it was created with, and is described without them', async () => {
    const stage = await harness();
    expect(await it.create(stage, [ONE, TWO])).toEqual({ arn: it.arn });
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([ONE, TWO]);
    expect(await it.describe(stage)).toEqual({ status: 'active', accessString: ACCESS, passwordCount: 2, authentication: 'password', arn: it.arn });
  });

  test('signs in with nothing where it was created without a password', async () => {
    const stage = await harness();
    await it.create(stage);
    expect(await stage.accepted('', ONE)).toEqual([]);
    expect(await it.describe(stage)).toMatchObject({ passwordCount: 0 });
  });

  test('may do what its access string says', async () => {
    const stage = await harness();
    await it.create(stage, [ONE], 'on ~app:* +@read');
    expect(await stage.server.command('ACL', 'DRYRUN', 'app', 'GET', 'app:1')).toBe('OK');
    expect(await stage.server.command('ACL', 'DRYRUN', 'app', 'GET', 'other:1')).toContain('no permissions');
    expect(await stage.server.command('ACL', 'DRYRUN', 'app', 'SET', 'app:1', 'x')).toContain('no permissions');
  });

  test('has exactly the passwords of the list from a change on: the list is no addition', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [ONE, TWO] });
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([ONE, TWO]);
    await it.change(stage, { passwords: [THREE, TWO] });
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([TWO, THREE]);
    expect(await it.change(stage, { passwords: [THREE] })).toMatchObject({ status: 'active', passwordCount: 1, arn: it.arn });
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([THREE]);
  });

  test('is never without a password that both lists have, however often they change', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    let over = false;
    const answers: string[] = [];
    const watching = (async () => { while (!over) answers.push(await trySignIn(stage.server, { username: 'app', password: ONE })); })();
    for (let round = 0; round < 20; round += 1) await it.change(stage, { passwords: round % 2 === 0 ? [TWO, ONE] : [ONE] });
    over = true;
    await watching;
    expect(new Set(answers)).toEqual(new Set(['accepted']));
  });

  test('keeps its passwords when only its access string changes, and the other way round', async () => {
    const stage = await harness();
    await it.create(stage, [ONE, TWO], 'on ~app:* +@read');
    expect(await it.change(stage, { accessString: 'on ~other:* +@read' })).toMatchObject({ accessString: 'on ~other:* +@read', passwordCount: 2 });
    await it.change(stage, { passwords: [TWO, THREE] });
    expect(await stage.server.command('ACL', 'DRYRUN', 'app', 'GET', 'other:1')).toBe('OK');
    expect(await stage.server.command('ACL', 'DRYRUN', 'app', 'GET', 'app:1')).toContain('no permissions');
    await it.change(stage, { accessString: ACCESS });
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([TWO, THREE]);
  });

  test('may be switched off by its access string', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await it.change(stage, { accessString: 'off ~app:* +@all' });
    expect(await stage.accepted(ONE)).toEqual([]);
  });

  test('counts a password that is named twice once', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    expect(await it.change(stage, { passwords: [TWO, TWO] })).toMatchObject({ passwordCount: 1 });
  });

  test('takes passwords with all that a protocol could misread', async () => {
    const stage = await harness();
    const odd = '&=+% <>"\'\\#/é☃;,{}[]\t.member.1';
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [odd] });
    expect(await stage.accepted(odd, ONE)).toEqual([odd]);
  });

  test('is one of all that are described when none is named', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await stage.caches.createElastiCacheUser({ userId: 'second', userName: 'second', accessString: ACCESS, server: stage.server });
    await stage.caches.createMemoryDbUser({ name: 'second', accessString: ACCESS, server: stage.server });
    expect(await it.describeAll(stage)).toEqual([it.service === 'elasticache' ? 'app-id' : 'app', 'second']);
  });

  test('fails to be created twice', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await expect(it.create(stage, [TWO])).rejects.toThrow(`of ${it.service} already`);
    expect(await stage.accepted(ONE, TWO)).toEqual([ONE]);
  });

  test.each([['described', 'describe'], ['changed', 'change']] as const)('fails to be %s when it does not exist', async (_, how) => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    const call = how === 'describe' ? it.describe(stage, 'nobody') : it.change(stage, { passwords: [TWO] }, 'nobody');
    await expect(call).rejects.toMatchObject({ ...refusal(it.errors.notFound), message: 'User nobody not found.' });
  });
});

describe.each(SERVICES)('While a user of $service is being modified', (it) => {
  const LONG = 3_600_000;

  test('the server accepts what it accepted before, and DescribeUsers says so', async () => {
    const stage = await harness({ modifyingMs: LONG });
    await it.create(stage, [ONE, TWO]);
    expect(await it.describe(stage)).toMatchObject({ status: 'active' });
    expect(await it.change(stage, { passwords: [TWO, THREE] })).toMatchObject({ status: 'modifying' });
    expect([await it.describe(stage), await it.describe(stage)]).toMatchObject([{ status: 'modifying' }, { status: 'modifying' }]);
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([ONE, TWO]);
  });

  test('refuses another change, in the words of the service', async () => {
    const stage = await harness({ modifyingMs: LONG });
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [ONE, TWO] });
    const id = it.service === 'elasticache' ? 'app-id' : 'app';
    await expect(it.change(stage, { passwords: [THREE] })).rejects.toMatchObject({
      ...refusal(it.errors.state), message: `User ${id} has status modifying. Only active users can be modified.`,
    });
  });

  test('the whole list is taken when it is over', async () => {
    const stage = await harness({ modifyingMs: 20 });
    await it.create(stage, [ONE, TWO]);
    await it.change(stage, { passwords: [TWO, THREE] });
    await untilActive(it, stage);
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([TWO, THREE]);
    await it.change(stage, { passwords: [ONE] });
    await untilActive(it, stage);
    expect(await stage.accepted(ONE, TWO, THREE)).toEqual([ONE]);
  });

  test('one look at it sees that, even where it is over long before', async () => {
    const stage = await harness({ modifyingMs: 1 });
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [TWO] });
    while ((await stage.accepted(TWO)).length === 0) await sleep(5); // else the test times out
    expect(await it.describe(stage)).toMatchObject({ status: 'modifying' });
    expect(await it.describe(stage)).toMatchObject({ status: 'active' });
  });

  test('it stays so until a server that is down can be told', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await stage.server.kill();
    expect(await it.change(stage, { passwords: [TWO], accessString: ACCESS })).toMatchObject({ status: 'modifying' });
    expect(await it.describe(stage)).toMatchObject({ status: 'modifying' });
    await stage.server.restart();
    await untilActive(it, stage);
    expect(await stage.accepted(ONE, TWO)).toEqual([TWO]);
  });

  test('nothing is changed any more once the service has stopped', async () => {
    const stage = await harness({ modifyingMs: 20 });
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [TWO] });
    await stage.caches.stop();
    await sleep(60);
    expect(await stage.accepted(ONE, TWO)).toEqual([ONE]);
  });
});
