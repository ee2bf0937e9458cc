import { accessKeys, CONFIG, errorAnswer, failing, rejection, startCanned, startIam, stopAll, testInvocation, USER_ARN, useEndpoint } from './iam-rig';
import { NoVerdict } from '../../../../lambda/engine/contract/errors';
import { QueryFaults } from '../../../../rehearsal/access-keys';

afterEach(stopAll);

describe('a value of the secret', () => {
  test.each([
    [{ accessKeyId: 'AKIA1', secretAccessKey: 'x' }, 'AKIA1'],
    [{ accessKeyId: '' }, undefined],
    [{ accessKeyId: 7 }, undefined],
    [{ username: 'AKIA1' }, undefined],
    [{}, undefined],
  ])('%j names the key %s', (fields, id) => {
    expect(accessKeys().idOf(fields)).toBe(id);
  });

  test('has no other members than the SDKs\' own, so that it can be handed to a client as it is', async () => {
    await startIam();
    const keys = accessKeys();
    const { id, fields } = await keys.issue();
    expect(Object.keys(fields).sort()).toEqual(['accessKeyId', 'secretAccessKey']);
    expect(keys.idOf(fields)).toBe(id);
    expect(keys).toMatchObject({ family: 'issued', slots: 2 });
    expect(keys).not.toHaveProperty('facts');
  });
});

describe('the user\'s keys', () => {
  test('are listed with their dates and whether they are active', async () => {
    const iam = await startIam();
    expect(await accessKeys().list()).toEqual([]);
    const [one, other] = [iam.createAccessKey('mailer'), iam.createAccessKey('mailer')];
    iam.setStatus(other.accessKeyId, 'Inactive');
    expect(await accessKeys().list()).toEqual([
      { id: one.accessKeyId, createdAt: expect.any(Date), active: true },
      { id: other.accessKeyId, createdAt: expect.any(Date), active: false },
    ]);
  });

  test('are listed page by page', async () => {
    const page = (id: string, marker?: string): string => `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><UserName>mailer</UserName>
      <AccessKeyId>${id}</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>
      <IsTruncated>${marker !== undefined}</IsTruncated>${marker === undefined ? '' : `<Marker>${marker}</Marker>`}</ListAccessKeysResult></ListAccessKeysResponse>`;
    const requests = await startCanned((_, count) => ({ body: count === 1 ? page('AKIA1', 'next') : page('AKIA2') }));
    expect((await accessKeys().list()).map(({ id }) => id)).toEqual(['AKIA1', 'AKIA2']);
    expect(requests.map((request) => request.get('Marker'))).toEqual([null, 'next']);
  });

  test('fails to list a key without a date, since nobody could tell whose it is', async () => {
    await startCanned(() => ({ body: '<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>AKIA1</AccessKeyId></member></AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>' }));
    expect(await rejection(accessKeys().list())).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  });
});

describe('a new key', () => {
  test('is the user\'s, and works', async () => {
    const iam = await startIam();
    const { id, fields } = await accessKeys().issue();
    expect(iam.keys('mailer')).toMatchObject([{ accessKeyId: id, status: 'Active' }]);
    await accessKeys().verify(fields);
  });

  test('is refused where both slots are taken, and nothing is deleted', async () => {
    const iam = await startIam();
    iam.createAccessKey('mailer');
    iam.createAccessKey('mailer');
    const error = await rejection(accessKeys().issue());
    expect(error).toMatchObject({ code: 'QUOTA_EXCEEDED', reason: expect.stringContaining('the user mailer') });
    expect(error.remedy).toContain('aws iam list-access-keys --user-name mailer');
    expect(iam.keys('mailer')).toHaveLength(2);
  });

  test.each([
    ['throttled', QueryFaults.throttling, 'before', 'SERVICE_BUSY', 0],
    ['an error of the service', QueryFaults.serviceFailure, 'before', 'SERVICE_UNREACHABLE', 0],
    ['an error of the service after the effect', QueryFaults.serviceFailure, 'after', 'SERVICE_UNREACHABLE', 1],
    ['unavailable', QueryFaults.serviceUnavailable, 'before', 'SERVICE_UNREACHABLE', 0],
    ['a lost answer', QueryFaults.lostAnswer, 'after', 'SERVICE_UNREACHABLE', 1],
  ] as const)('fails after one attempt: %s', async (_, fault, moment, code, made) => {
    const iam = await startIam(failing('CreateAccessKey', fault, Infinity, moment));
    const error = await rejection(accessKeys().issue());
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code, reason: expect.stringContaining('iam:CreateAccessKey for the user mailer') });
    expect(iam.calls.filter(({ action }) => action === 'CreateAccessKey')).toHaveLength(1);
    expect(iam.keys('mailer')).toHaveLength(made);
  });

  test('fails after one attempt: no answer at all', async () => {
    const iam = await startIam(failing('CreateAccessKey', QueryFaults.hang, Infinity, 'after'));
    const error = await rejection(accessKeys(testInvocation(200)).issue());
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('ETIMEDOUT') });
    expect(iam.keys('mailer')).toHaveLength(1);
  });

  test('fails with an unknown outcome where the answer holds no key', async () => {
    await startCanned(() => ({ body: '<CreateAccessKeyResponse><CreateAccessKeyResult></CreateAccessKeyResult></CreateAccessKeyResponse>' }));
    expect(await rejection(accessKeys().issue())).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('it holds no key') });
  });
});

describe('the last use of a key', () => {
  test('is undefined for one that never was', async () => {
    const iam = await startIam();
    expect(await accessKeys().lastUsed(iam.createAccessKey('mailer').accessKeyId)).toBeUndefined();
  });

  test('says when and by what', async () => {
    const iam = await startIam();
    const { accessKeyId, secretAccessKey } = iam.createAccessKey('mailer');
    iam.use(accessKeyId, secretAccessKey, 's3', 'eu-west-1');
    expect(await accessKeys().lastUsed(accessKeyId)).toEqual({ at: expect.any(Date), by: 's3 in eu-west-1' });
  });

  test('fails for a key that was deleted meanwhile', async () => {
    const iam = await startIam();
    const { accessKeyId } = iam.createAccessKey('mailer');
    iam.deleteAccessKey(accessKeyId);
    await startCanned(() => errorAnswer('NoSuchEntity', 404));
    expect(await rejection(accessKeys().lastUsed(accessKeyId))).toMatchObject({ code: 'CREDENTIAL_MISSING', reason: expect.stringContaining(accessKeyId) });
  });
});

describe('a key that is', () => {
  test('deactivated is refused from then on, and stays; twice is as good as once', async () => {
    const iam = await startIam();
    const { id, fields } = await accessKeys().issue();
    await accessKeys().deactivate(id);
    await accessKeys().deactivate(id);
    expect(iam.keys('mailer')).toMatchObject([{ accessKeyId: id, status: 'Inactive' }]);
    expect(await rejection(accessKeys().verify(fields))).toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });

  test('retired is gone, and the other one is not; twice is as good as once', async () => {
    const iam = await startIam();
    const { id } = await accessKeys().issue();
    const other = iam.createAccessKey('mailer');
    await accessKeys().retire(id);
    await accessKeys().retire(id);
    expect(iam.keys('mailer')).toMatchObject([{ accessKeyId: other.accessKeyId }]);
  });

  test('gone already counts as deactivated', async () => {
    await startIam();
    await accessKeys().deactivate('AKIAGONE');
  });

  test('another user\'s is neither deactivated nor deleted', async () => {
    const iam = await startIam();
    iam.createUser('somebody');
    const { accessKeyId } = iam.createAccessKey('somebody');
    await accessKeys().deactivate(accessKeyId);
    await accessKeys().retire(accessKeyId);
    expect(iam.keys('somebody')).toMatchObject([{ accessKeyId, status: 'Active' }]);
  });
});

const CALLS = [
  ['ListAccessKeys', (keys: ReturnType<typeof accessKeys>): Promise<unknown> => keys.list()],
  ['GetAccessKeyLastUsed', (keys: ReturnType<typeof accessKeys>, id: string): Promise<unknown> => keys.lastUsed(id)],
  ['UpdateAccessKey', (keys: ReturnType<typeof accessKeys>, id: string): Promise<unknown> => keys.deactivate(id)],
  ['DeleteAccessKey', (keys: ReturnType<typeof accessKeys>, id: string): Promise<unknown> => keys.retire(id)],
] as const;
const PASSING = [
  ['throttled', QueryFaults.throttling], ['an error of the service', QueryFaults.serviceFailure], ['unavailable', QueryFaults.serviceUnavailable],
  ['a lost answer', QueryFaults.lostAnswer],
] as const;

describe.each(CALLS)('%s', (action, call) => {
  test.each(PASSING)('is repeated: %s', async (_, fault) => {
    const iam = await startIam(failing(action, fault, 2));
    const invocation = testInvocation();
    await call(accessKeys(invocation), iam.createAccessKey('mailer').accessKeyId);
    expect(iam.calls.filter((made) => made.action === action)).toHaveLength(3);
    expect(invocation.measurements.retries).toBe(2);
  });

  test('is repeated after its effect took place, and ends the same', async () => {
    const iam = await startIam(failing(action, QueryFaults.lostAnswer, 1, 'after'));
    await call(accessKeys(), iam.createAccessKey('mailer').accessKeyId);
    expect(iam.calls.filter((made) => made.action === action)).toHaveLength(2);
  });

  test('fails at the deadline when IAM stays busy', async () => {
    const iam = await startIam(failing(action, QueryFaults.throttling));
    const error = await rejection(call(accessKeys(testInvocation(600)), iam.createAccessKey('mailer').accessKeyId));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_BUSY', reason: expect.stringContaining(`iam:${action} for the user mailer was not executed`) });
  });

  test('fails at the deadline when IAM never answers', async () => {
    const iam = await startIam(failing(action, QueryFaults.hang));
    const error = await rejection(call(accessKeys(testInvocation(200)), iam.createAccessKey('mailer').accessKeyId));
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('ETIMEDOUT') });
  });
});

const ALL = [...CALLS, ['CreateAccessKey', (keys: ReturnType<typeof accessKeys>): Promise<unknown> => keys.issue()]] as const;

describe.each(ALL)('an error of %s', (action, call) => {
  test('names the permission, the user and what IAM said where it is denied', async () => {
    const iam = await startIam({ authorize: () => ({ allowed: false, reason: 'an explicit deny' }) });
    const error = await rejection(call(accessKeys(), iam.createAccessKey('mailer').accessKeyId));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', reason: expect.stringContaining('AccessDenied') });
    expect(error.remedy).toContain(`iam:${action} on ${USER_ARN}`);
    expect(iam.calls).toHaveLength(1);
  });

  test('says that IAM was not reached', async () => {
    useEndpoint('http://127.0.0.1:1');
    const error = await rejection(call(accessKeys(testInvocation(200)), 'AKIA1'));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining(`iam:${action} for the user mailer brought no answer`) });
    expect(error.remedy).toContain('port 443');
  });

  test('says what IAM said where it is none that we know, and is not repeated', async () => {
    const requests = await startCanned(() => errorAnswer('InvalidInput', 400, 'No such thing.'));
    const error = await rejection(call(accessKeys(), 'AKIA1'));
    expect(error).toMatchObject({ code: 'SERVICE_FAILED' });
    expect(error.reason).toMatch(/^iam:\w+ for the user mailer was refused \(InvalidInput\w*: No such thing\)$/);
    expect(requests).toHaveLength(1);
  });

  test('is no verdict where a proxy answers', async () => {
    await startCanned(() => ({ status: 403, body: 'Forbidden by the proxy' }));
    expect(await rejection(call(accessKeys(testInvocation(200)), 'AKIA1'))).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  });
});

test.each([
  ['ListAccessKeys', () => accessKeys(testInvocation(), { ...CONFIG, userName: 'nobody' }).list()],
  ['CreateAccessKey', () => accessKeys(testInvocation(), { ...CONFIG, userName: 'nobody' }).issue()],
] as const)('%s fails for a user who does not exist', async (_, call) => {
  await startIam();
  expect(await rejection(call())).toMatchObject({ code: 'USER_MISSING', reason: `the user nobody (${USER_ARN}) does not exist` });
});
