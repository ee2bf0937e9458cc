import {
  cacheUser, CacheUserOptions, failing, fieldsOf, FUNCTION_SECRET, nobodyOvertook, NOWHERE,
  RunningCache, SERVICES, startCache, startDescribing, stopAll,
} from './cache-rig';
import { NoVerdict, PasswordRejected, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { CacheFaults, LocalCachesOptions } from '../../../../rehearsal/caches';
import { trySignIn } from '../../../rehearsal/redis/harness';
import { everythingSaid, rejection, testInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

const [OLD, CURRENT, PENDING, SHORT] = ['old-PaSsWoRd-00000000', 'current-PaSsWoRd-111111', 'pending-PaSsWoRd-222222', 'short-PaSsWoRd'] as const;
const CHANGES = { elasticache: 'ModifyUser', memorydb: 'UpdateUser' } as const;

describe.each(SERVICES)('a user of %s', (service) => {
  const CHANGE = CHANGES[service];
  const start = (passwords: readonly string[] = [OLD, CURRENT], options: LocalCachesOptions = {}): Promise<RunningCache> =>
    startCache(service, passwords, options);
  const rotate = (cache: RunningCache, options: CacheUserOptions = {}, fence = nobodyOvertook): Promise<void> =>
    cacheUser(service, cache, options).apply([fieldsOf(PENDING), fieldsOf(CURRENT)], fence);
  const accepted = async ({ server }: RunningCache): Promise<string[]> => {
    const outcomes = await Promise.all([OLD, CURRENT, PENDING].map(async (password) => (await trySignIn(server, { username: 'app', password }) === 'accepted' ? [password] : [])));
    return outcomes.flat();
  };

  test('has a secret in the structure that AWS documents, with the endpoint where there is one', async () => {
    const cache = await start();
    const { host, port } = cache.server;
    expect(cacheUser(service, cache).facts).toEqual({ user_arn: cache.userArn, host, port });
    expect(cacheUser(service, cache, { config: { endpoint: undefined } }).facts).toEqual({ user_arn: cache.userArn });
    expect(cacheUser(service, cache).fieldsOf(PENDING)).toEqual({ username: 'app', password: PENDING });
    expect(cacheUser(service, cache).principalOf({ username: 'app' })).toBe('app');
    expect(cacheUser(service, cache).principalOf({ username: 'other' })).toBeUndefined();
  });

  test.each([15, 129])('refuses a password policy of %i characters', async (length) => {
    const user = cacheUser(service, await start());
    expect(() => user.fieldsOf('x'.repeat(length))).toThrow(`MISCONFIGURED: the password policy draws ${length} characters`);
    expect(user.fieldsOf('x'.repeat(length === 15 ? 16 : 128))).toBeDefined();
  });

  describe('D3: then has the new password and the current one, and no other', () => {
    test.each([0, 150])('after %i ms', async (modifyingMs) => {
      const cache = await start([OLD, CURRENT], { modifyingMs });
      await rotate(cache);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
      await cacheUser(service, cache).verify(fieldsOf(PENDING));
      expect(cache.actions().filter((action) => action === CHANGE)).toHaveLength(1);
    });

    test('once a change that somebody else began is over', async () => {
      const cache = await start([OLD, CURRENT], { modifyingMs: 150 });
      const asOther = cacheUser(service, cache).apply([fieldsOf(OLD), fieldsOf(CURRENT)], nobodyOvertook);
      while (!cache.actions().includes(CHANGE)) await new Promise(setImmediate);
      const fences = jest.fn(nobodyOvertook);
      await rotate(cache, {}, fences);
      await asOther;
      expect(fences).toHaveBeenCalledTimes(1);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
    });

    test('where somebody else begins a change right before ours, behind a fence of its own', async () => {
      const cache = await start([OLD, CURRENT], { modifyingMs: 150 });
      let other: Promise<void> | undefined;
      const fences = jest.fn(async () => {
        other ??= cacheUser(service, cache).apply([fieldsOf(OLD), fieldsOf(CURRENT)], nobodyOvertook);
        while (!cache.actions().includes(CHANGE)) await new Promise(setImmediate);
      });
      const invocation = testInvocation();
      await rotate(cache, { invocation }, fences);
      await other;
      expect(fences).toHaveBeenCalledTimes(2);
      expect(invocation.measurements.retries).toBeGreaterThan(0);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
    });

    test('when it is done twice', async () => {
      const cache = await start();
      await rotate(cache);
      await rotate(cache);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
    });

    test('although the service was busy at first, behind a fence of its own each time', async () => {
      const cache = await start([OLD, CURRENT], failing(CHANGE, CacheFaults.throttling, 2));
      const fences = jest.fn(nobodyOvertook);
      await rotate(cache, {}, fences);
      expect(fences).toHaveBeenCalledTimes(3);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
    });

    test.each(['throttling', 'internalFailure', 'serviceUnavailable', 'lostAnswer'] as const)('although DescribeUsers failed at first: %s', async (fault) => {
      const cache = await start([OLD, CURRENT], failing('DescribeUsers', CacheFaults[fault], 2));
      const invocation = testInvocation();
      await rotate(cache, { invocation });
      expect(invocation.measurements.retries).toBeGreaterThanOrEqual(2);
      expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
    });
  });

  test('with one value that is both new and current has one password', async () => {
    const cache = await start();
    await cacheUser(service, cache).apply([fieldsOf(CURRENT), fieldsOf(CURRENT)], nobodyOvertook);
    expect(await accepted(cache)).toEqual([CURRENT]);
  });

  test('is left alone by a rotation that was overtaken', async () => {
    const cache = await start();
    await expect(rotate(cache, {}, () => Promise.reject(new Error('overtaken')))).rejects.toThrow('overtaken');
    expect(cache.actions()).not.toContain(CHANGE);
    expect(await accepted(cache)).toEqual([OLD, CURRENT]);
  });

  test('is left alone by an invocation that was frozen behind its fence until its time was over', async () => {
    const cache = await start();
    const invocation = testInvocation(1_000);
    const frozen = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 1_000); });
    expect(await rejection(rotate(cache, { invocation }, frozen))).toMatchObject({ code: 'DEADLINE', reason: expect.stringContaining(`no time left for ${CHANGE}`) });
    expect(cache.actions()).not.toContain(CHANGE);
  });

  test.each([
    ['internalFailure', 'before', [OLD, CURRENT]], ['serviceUnavailable', 'before', [OLD, CURRENT]], ['lostAnswer', 'before', [OLD, CURRENT]],
    ['internalFailure', 'after', [CURRENT, PENDING]], ['lostAnswer', 'after', [CURRENT, PENDING]],
  ] as const)('fails after one attempt whose outcome is unknown: %s %s the effect; a retry converges', async (fault, moment, then) => {
    const cache = await start([OLD, CURRENT], failing(CHANGE, CacheFaults[fault], 1, moment));
    const error = await rejection(rotate(cache));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining(`${service}:${CHANGE} for the user ${cache.userArn}`) });
    expect(cache.actions().filter((action) => action === CHANGE)).toHaveLength(1);
    expect(await accepted(cache)).toEqual(then);
    await rotate(cache);
    expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
  });

  test('is as well off when a change reaches the service twice', async () => {
    const cache = await start([OLD, CURRENT], failing(CHANGE, CacheFaults.duplicate, 1));
    await rotate(cache);
    expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
  });

  test('fails when the change takes longer than the function has; clients go on as before, and a retry converges', async () => {
    const cache = await start([OLD, CURRENT], { modifyingMs: 1_500 });
    const error = await rejection(rotate(cache, { invocation: testInvocation(1_000) }));
    expect(error).toMatchObject({ code: 'SERVICE_BUSY', reason: expect.stringContaining('is still modifying the user') });
    expect(await accepted(cache)).toEqual([OLD, CURRENT]);
    await rotate(cache);
    expect(await accepted(cache)).toEqual([CURRENT, PENDING]);
  });

  test('gives a password up that the service will never take', async () => {
    const message = `Passwords must not contain / : ${PENDING}`;
    const name = service === 'elasticache' ? 'InvalidParameterValue' : 'InvalidParameterValueException';
    const cache = await start([OLD, CURRENT], failing(CHANGE, { kind: 'error', name, message, status: 400 }));
    const error = await rejection(rotate(cache));
    expect(error).toBeInstanceOf(PasswordRejected);
    expect(everythingSaid([error])).not.toContain(PENDING);
  });

  test('fails where a value holds what the service never took', async () => {
    const cache = await start();
    for (const fields of [fieldsOf(SHORT), { username: 'app' }]) {
      expect(await rejection(cacheUser(service, cache).apply([fieldsOf(PENDING), fields], nobodyOvertook))).toMatchObject({ code: 'SECRET_MALFORMED' });
    }
    expect(cache.actions()).toEqual([]);
  });

  test.each([['DescribeUsers'], [CHANGE]])('fails where the function may not call %s', async (action) => {
    const cache = await start([OLD, CURRENT], { authorize: (request) => ({ allowed: !request.action.endsWith(action), reason: 'no policy allows it' }) });
    const error = await rejection(rotate(cache));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(error.remedy).toContain(`needs ${service}:${action} on ${cache.userArn}`);
    expect(await accepted(cache)).toEqual([OLD, CURRENT]);
  });

  test('fails where it is missing', async () => {
    const cache = await start();
    const missing = cacheUser(service, cache, { config: { userId: 'nobody' } });
    expect(await rejection(missing.apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook))).toMatchObject({ code: 'USER_MISSING' });
    expect(await rejection(missing.check(fieldsOf(CURRENT)))).toMatchObject({ code: 'USER_MISSING' });
  });

  test.each([
    ['of another name', { name: 'other' }, 'MISCONFIGURED'], ['of IAM authentication', { type: 'iam' }, 'USER_UNUSABLE'], ['without a password', { type: 'no-password' }, 'USER_UNUSABLE'],
    ['that is being deleted', { status: 'deleting' }, 'USER_UNUSABLE'],
  ])('fails %s, and is not changed', async (_, user, code) => {
    const requests = await startDescribing(service, user);
    const described = cacheUser(service, NOWHERE);
    expect(await rejection(described.apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook))).toMatchObject({ code });
    expect(await rejection(described.check(fieldsOf(CURRENT)))).toMatchObject({ code });
    expect(requests).toHaveLength(2);
  });

  describe('verified', () => {
    test('at the cache, refuses a password that it does not have (yet)', async () => {
      const cache = await start();
      const error = await rejection(cacheUser(service, cache).verify(fieldsOf(PENDING)));
      expect(error).toBeInstanceOf(SignInRefused);
      expect(error.remedy).toContain(`aws ${service} describe-users`);
      expect(cache.actions()).toEqual([]);
    });

    test('at the cache, has no verdict while the cache is down', async () => {
      const cache = await start();
      await cache.server.kill();
      expect(await rejection(cacheUser(service, cache).verify(fieldsOf(CURRENT)))).toBeInstanceOf(NoVerdict);
    });

    test('at the cache, is told a password over verified TLS only', async () => {
      const cache = await start();
      const elsewhere = cacheUser(service, cache, { config: { endpoint: { host: 'localhost', port: cache.server.port } } });
      const error = await rejection(elsewhere.verify(fieldsOf(CURRENT)));
      expect(error).toMatchObject({ code: 'TLS_CERTIFICATE_REFUSED' });
      expect(error.remedy).not.toContain('certificateAuthority');
    });

    test('without an endpoint takes the word of the service, and says so', async () => {
      const cache = await start([CURRENT], { modifyingMs: 500 });
      const invocation = testInvocation();
      const user = cacheUser(service, cache, { invocation, config: { endpoint: undefined } });
      await user.verify(fieldsOf(CURRENT));
      expect(JSON.stringify(invocation.lines)).toContain('the word of the service is taken');
      const change = user.apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook);
      while (!cache.actions().includes(CHANGE)) await new Promise(setImmediate);
      expect(await rejection(user.verify(fieldsOf(PENDING)))).toBeInstanceOf(NoVerdict);
      await change;
      await user.verify(fieldsOf(PENDING));
    });

    test('without an endpoint and without a password is refused', async () => {
      const cache = await start([]);
      expect(await rejection(cacheUser(service, cache, { config: { endpoint: undefined } }).verify(fieldsOf(CURRENT)))).toBeInstanceOf(SignInRefused);
    });
  });

  describe('checked', () => {
    test('is not changed', async () => {
      const cache = await start();
      await cacheUser(service, cache).check(fieldsOf(CURRENT));
      await cacheUser(service, cache, { config: { endpoint: undefined } }).check(fieldsOf(CURRENT));
      expect(cache.actions()).toEqual(['DescribeUsers', 'DescribeUsers']);
    });

    test('fails with a password that the cache does not accept', async () => {
      expect(await rejection(cacheUser(service, await start()).check(fieldsOf(PENDING)))).toBeInstanceOf(SignInRefused);
    });
  });

  test('has its passwords in no error, line of the log or printed object', async () => {
    const told: unknown[] = [];
    const noting = async (work: Promise<unknown>): Promise<void> => { told.push(await work.catch((error: unknown) => error)); };
    for (const fault of Object.values(CacheFaults)) {
      const cache = await start([OLD, CURRENT], failing(CHANGE, fault));
      const invocation = testInvocation(1_200);
      const user = cacheUser(service, cache, { invocation });
      await noting(user.apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook));
      await noting(user.verify(fieldsOf(OLD + PENDING)));
      told.push(invocation, user.facts, cache.caches.calls);
      await stopAll();
    }
    expect(told.filter((thing) => thing instanceof Error).length).toBeGreaterThan(5);
    for (const secret of [OLD, CURRENT, PENDING, FUNCTION_SECRET]) expect(everythingSaid(told).includes(secret)).toBe(false);
  });
});
