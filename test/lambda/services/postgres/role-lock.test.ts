import { setTimeout as sleep } from 'node:timers/promises';
import { NoVerdict } from '../../../../lambda/engine/contract/errors';
import { lockRole } from '../../../../lambda/services/postgres/role-lock';
import { describeNewestPostgres, MASTER } from '../../../support/postgres';
import { configFor, connectorFor, credentialOf, rejection, testInvocation } from '../../../support/postgres-service';

describeNewestPostgres('the lock on a role', postgres => {
  const open = async (remainingMs?: number) => {
    const invocation = testInvocation(remainingMs);
    const session = await connectorFor(configFor(postgres, 'app'), invocation).signIn(credentialOf(MASTER));
    return { invocation, session, lock: (role: string) => lockRole(session, role, invocation) };
  };

  test('is given to one session at a time, until that ends', async () => {
    const [first, second] = [await open(), await open()];
    await first.lock('app');
    let locked = false;
    const waiting = second.lock('app').then(() => { locked = true; });
    while (second.invocation.measurements.retries < 2) await sleep(10);
    expect(locked).toBe(false);
    await first.session.end();
    await waiting;
    await second.session.end();
  });

  test('does not keep rotations of other users waiting', async () => {
    const [first, second] = [await open(), await open()];
    await first.lock('app');
    await second.lock('App');
    expect(second.invocation.measurements.retries).toBe(0);
    await Promise.all([first.session.end(), second.session.end()]);
  });

  test('fails at the deadline, saying what it was waiting for', async () => {
    const [first, second] = [await open(), await open(400)];
    await first.lock('app');
    const error = await rejection(second.lock('app'));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_BUSY', reason: expect.stringContaining('the lock on the user "app"') });
    await Promise.all([first.session.end(), second.session.end()]);
  });

  test('is taken from a function that froze, once its time is over', async () => {
    const frozen = await open(100);
    await frozen.lock('frozen');
    const next = await open();
    await next.lock('frozen');
    expect(await rejection(frozen.session.query('SELECT 1'))).toBeInstanceOf(NoVerdict);
    await Promise.all([frozen.session.end(), next.session.end()]);
  });
});
