import { DescribeUsersCommand, ElastiCacheClient, ModifyUserCommand } from '@aws-sdk/client-elasticache';
import { DescribeUsersCommand as DescribeMemoryDbUsers, MemoryDBClient } from '@aws-sdk/client-memorydb';
import { ACCESS, Harness, harness, ONE, stopHarnesses, TWO } from './harness';
import { refusal, SERVICES } from './services';
import { CacheFaultPoint, CacheFaults, LocalCachesOptions } from '../../../rehearsal/caches';
import { AuthorizationRequest, Fault } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

/** Strikes the first change at one moment. */
function once(moment: CacheFaultPoint['moment'], fault: Fault): LocalCachesOptions['fault'] {
  let pending: Fault | undefined = fault;
  return (point) => {
    if (point.moment !== moment || point.action === 'DescribeUsers') return undefined;
    const strikes = pending;
    pending = undefined;
    return strikes;
  };
}

async function waitForCall({ caches }: Harness): Promise<void> {
  while (caches.calls.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
}

describe.each(SERVICES)('A fault of $service', (it) => {
  describe.each([['before', false], ['after', true]] as const)('%s the effect', (moment, effective) => {
    const left = effective ? [TWO] : [ONE];

    test.each([
      ['throttling', CacheFaults.throttling], ['an internal failure', CacheFaults.internalFailure], ['unavailability', CacheFaults.serviceUnavailable],
    ] as const)(`answers with an error: %s; the change has taken place: ${effective}`, async (_, fault) => {
      const stage = await harness({ fault: once(moment, fault) });
      await it.create(stage, [ONE]);
      await expect(it.change(stage, { passwords: [TWO] })).rejects.toMatchObject({ ...refusal([fault.name, fault.status]), message: fault.message });
      expect(await stage.accepted(ONE, TWO)).toEqual(left);
      expect(stage.caches.calls).toMatchObject([{ action: it.action, outcome: fault.name, effective }]);
    });

    test(`loses the answer; the change has taken place: ${effective}`, async () => {
      const stage = await harness({ fault: once(moment, CacheFaults.lostAnswer) });
      await it.create(stage, [ONE]);
      await expect(it.change(stage, { passwords: [TWO] })).rejects.toThrow(/socket hang up|ECONNRESET/);
      expect(await stage.accepted(ONE, TWO)).toEqual(left);
      expect(stage.caches.calls).toMatchObject([{ outcome: 'lostAnswer', effective }]);
    });

    test(`never answers until the service stops; the change has taken place: ${effective}`, async () => {
      const stage = await harness({ fault: once(moment, CacheFaults.hang) });
      await it.create(stage, [ONE]);
      const call = it.change(stage, { passwords: [TWO] });
      await waitForCall(stage);
      expect(await stage.accepted(ONE, TWO)).toEqual(left);
      expect(stage.caches.calls).toMatchObject([{ outcome: 'hang', effective }]);
      await stage.caches.stop();
      await expect(call).rejects.toThrow();
    });

    test('is survived by the SDK\'s own retries', async () => {
      const stage = await harness({ fault: once(moment, CacheFaults.throttling) });
      await it.create(stage, [ONE]);
      await it.change(stage, { passwords: [TWO] }, undefined, 2);
      expect(await stage.accepted(ONE, TWO)).toEqual([TWO]);
      expect(stage.caches.calls.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'ok']);
    });

    test('delays', async () => {
      const stage = await harness({ fault: once(moment, { kind: 'delay', milliseconds: 5 }) });
      await it.create(stage, [ONE]);
      await it.change(stage, { passwords: [TWO] });
      expect(await stage.accepted(ONE, TWO)).toEqual([TWO]);
    });
  });

  test('duplicates a change, which is the same twice', async () => {
    const stage = await harness({ fault: once('before', CacheFaults.duplicate) });
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: [TWO] });
    expect(await stage.accepted(ONE, TWO)).toEqual([TWO]);
  });

  test('duplicates a change whose second outcome is refused while the first is under way', async () => {
    const stage = await harness({ fault: once('before', CacheFaults.duplicate), modifyingMs: 3_600_000 });
    await it.create(stage, [ONE]);
    await expect(it.change(stage, { passwords: [TWO] })).rejects.toMatchObject(refusal(it.errors.state));
    expect(stage.caches.calls).toMatchObject([{ effective: true }]);
  });

  test('is decided before and after each call, with what is known of it', async () => {
    const points: CacheFaultPoint[] = [];
    const stage = await harness({ fault: (point) => { points.push(point); return undefined; } });
    await it.create(stage, [ONE]);
    await it.describe(stage);
    await it.describe(stage, 'nobody').catch(() => undefined);
    const common = { service: it.service, action: 'DescribeUsers', accessKeyId: 'AKIATEST' };
    const userId = it.service === 'elasticache' ? 'app-id' : 'app';
    expect(points).toEqual([
      { ...common, moment: 'before', sequence: 1, userId }, { ...common, moment: 'after', sequence: 1, userId },
      { ...common, moment: 'before', sequence: 2, userId: 'nobody' },
    ]);
  });
});

describe.each(SERVICES)('Authorization of $service', (it) => {
  test('is asked with caller, action and the ARN of the user, of all users where none is named', async () => {
    const asked: AuthorizationRequest[] = [];
    const stage = await harness({ authorize: (request) => { asked.push(request); return { allowed: true, reason: '' }; } });
    await it.create(stage, [ONE]);
    expect(asked).toEqual([]);
    await it.change(stage, { passwords: [TWO] });
    await it.describe(stage);
    await it.describeAll(stage);
    const common = { accessKeyId: 'AKIATEST', resource: it.arn, context: {} };
    expect(asked).toEqual([
      { ...common, action: `${it.service}:${it.action}` },
      { ...common, action: `${it.service}:DescribeUsers` },
      { ...common, action: `${it.service}:DescribeUsers`, resource: it.arn.replace(/app(-id)?$/, '*') },
    ]);
  });

  test('refuses a change, which then does not happen', async () => {
    const stage = await harness({ authorize: () => ({ allowed: false, reason: 'no identity-based policy allows it' }) });
    await it.create(stage, [ONE]);
    await expect(it.change(stage, { passwords: [TWO] })).rejects.toMatchObject({
      ...refusal(it.errors.denied),
      message: `User: AKIATEST is not authorized to perform: ${it.service}:${it.action} on resource: ${it.arn} because no identity-based policy allows it`,
    });
    expect(await stage.accepted(ONE, TWO)).toEqual([ONE]);
  });

  test('refuses alike whether the user exists or not, and whatever the request holds', async () => {
    const stage = await harness({ authorize: () => ({ allowed: false, reason: 'of its policy' }) });
    await it.create(stage, [ONE]);
    await expect(it.describe(stage, 'nobody')).rejects.toMatchObject(refusal(it.errors.denied));
    await expect(it.change(stage, { passwords: ['short'] })).rejects.toMatchObject(refusal(it.errors.denied));
  });

  test('has the partition, the region and the account of the options in its ARNs', async () => {
    const stage = await harness({ partition: 'aws-cn', region: 'cn-north-1', account: '444455556666' });
    const { arn } = await it.create(stage, [ONE]);
    expect(arn.split(':').slice(0, 5)).toEqual(['arn', 'aws-cn', it.service, 'cn-north-1', '444455556666']);
  });
});

describe('Calls', () => {
  test('are remembered in their order, of both services, and hold no password', async () => {
    const stage = await harness();
    const [elasticache, memorydb] = SERVICES as [typeof SERVICES[0], typeof SERVICES[0]];
    await stage.caches.createElastiCacheUser({ userId: 'app-id', userName: 'app', accessString: ACCESS, server: stage.server });
    await elasticache.change(stage, { passwords: [ONE] });
    await memorydb.change(stage, { passwords: [TWO] }).catch(() => undefined);
    await elasticache.describeAll(stage);
    const accessKeyId = 'AKIATEST';
    expect(stage.caches.calls).toEqual([
      { sequence: 1, service: 'elasticache', action: 'ModifyUser', accessKeyId, outcome: 'ok', effective: true, userId: 'app-id' },
      { sequence: 2, service: 'memorydb', action: 'UpdateUser', accessKeyId, outcome: 'UserNotFoundFault', effective: false, userId: 'app' },
      { sequence: 3, service: 'elasticache', action: 'DescribeUsers', accessKeyId, outcome: 'ok', effective: true, userId: undefined },
    ]);
    expect(JSON.stringify(stage.caches.calls)).not.toContain('password');
  });

  test('come to it by the variables that the SDKs read', async () => {
    const { endpoint, caches, server } = await harness();
    await caches.createElastiCacheUser({ userId: 'app-id', userName: 'app', accessString: ACCESS, server, userGroupIds: ['group'] });
    await caches.createMemoryDbUser({ name: 'app', accessString: ACCESS, server, aclNames: ['acl'] });
    const variables = { AWS_ENDPOINT_URL_ELASTICACHE: endpoint, AWS_ENDPOINT_URL_MEMORYDB: endpoint };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    const config = { region: 'us-east-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'unused' } };
    const [elasticache, memorydb] = [new ElastiCacheClient(config), new MemoryDBClient(config)];
    try {
      const { $metadata: _, ...cacheUsers } = await elasticache.send(new DescribeUsersCommand({ UserId: 'app-id' }));
      const authentication = { Type: 'password', PasswordCount: 0 };
      expect(cacheUsers).toEqual({
        Users: [{
          UserId: 'app-id',
          UserName: 'app',
          Status: 'active',
          Engine: 'redis',
          MinimumEngineVersion: '6.0',
          AccessString: ACCESS,
          UserGroupIds: ['group'],
          Authentication: authentication,
          ARN: 'arn:aws:elasticache:us-east-1:111122223333:user:app-id',
        }],
      });
      const { $metadata: __, ...memoryUsers } = await memorydb.send(new DescribeMemoryDbUsers({ UserName: 'app' }));
      expect(memoryUsers).toEqual({
        Users: [{
          Name: 'app',
          Status: 'active',
          MinimumEngineVersion: '6.2',
          AccessString: ACCESS,
          ACLNames: ['acl'],
          Authentication: authentication,
          ARN: 'arn:aws:memorydb:us-east-1:111122223333:user/app',
        }],
      });
    } finally {
      Object.keys(variables).forEach((name) => { if (before[name] === undefined) delete process.env[name]; });
      elasticache.destroy();
      memorydb.destroy();
    }
  });
});

describe('Over the wire', () => {
  const QUERY = 'Action=DescribeUsers&Version=2015-02-02';
  const TARGET = { 'x-amz-target': 'AmazonMemoryDB.DescribeUsers' };
  const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIATEST/20250101/us-east-1/elasticache/aws4_request, Signature=00' };
  const post = async (body: string, headers: Record<string, string>): Promise<[number, string]> => {
    const { endpoint } = await harness();
    const response = await fetch(endpoint, { method: 'POST', body, headers });
    return [response.status, await response.text()];
  };

  test('a request without a signature is refused', async () => {
    expect(await post(QUERY, {})).toEqual([403, expect.stringContaining('<Code>MissingAuthenticationToken</Code>')]);
    expect(await post('{}', TARGET)).toEqual([400, expect.stringContaining('MissingAuthenticationTokenException')]);
  });

  test('an operation that it does not have is refused', async () => {
    expect(await post('Action=DeleteUser', SIGNED)).toEqual([400, expect.stringContaining('<Code>InvalidAction</Code>')]);
    expect(await post('', SIGNED)).toEqual([400, expect.stringContaining('<Code>InvalidAction</Code>')]);
    expect(await post('{}', { ...SIGNED, 'x-amz-target': 'AmazonMemoryDB.DeleteUser' })).toEqual([400, expect.stringContaining('UnknownOperationException')]);
  });

  test('a body that is no request is refused without a word of it', async () => {
    const [status, answer] = await post('{"Passwords": secret', { ...SIGNED, ...TARGET });
    expect(status).toBe(400);
    expect(answer).toContain('SerializationException');
    expect(answer).not.toContain('secret');
  });

  test('what the text of an answer holds does not break it', async () => {
    const { caches, server, elasticache } = await harness();
    await caches.createElastiCacheUser({ userId: 'app-id', userName: 'a<b>&"c', accessString: ACCESS, server });
    await expect(elasticache.send(new ModifyUserCommand({ UserId: 'app-id', Passwords: [ONE] }))).resolves.toMatchObject({ UserName: 'a<b>&"c' });
  });
});
