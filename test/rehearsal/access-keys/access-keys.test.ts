import {
  CreateAccessKeyCommand, DeleteAccessKeyCommand, GetAccessKeyLastUsedCommand, GetUserCommand, ListAccessKeysCommand, paginateListAccessKeys,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { harness, Harness, stopHarnesses } from './harness';
import { LocalIamOptions } from '../../../rehearsal/access-keys';

afterEach(stopHarnesses);

const USER = Object.freeze({ UserName: 'app' });

async function withUser(options: LocalIamOptions = {}): Promise<Harness> {
  const started = await harness(options);
  started.service.createUser('app');
  return started;
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
describe('CreateAccessKey', () => {
  test('makes an active key with an id and a secret of AWS\'s shape', async () => {
    const { iam, service } = await withUser();
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand(USER));
    expect(AccessKey).toMatchObject({ UserName: 'app', Status: 'Active', CreateDate: expect.any(Date) });
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(AccessKey?.SecretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(service.calls).toEqual([{
      sequence: 1, service: 'iam', action: 'CreateAccessKey', accessKeyId: 'ASIAFUNCTION', outcome: 'ok', effective: true, userName: 'app', keyId: AccessKey?.AccessKeyId,
    }]);
    expect(JSON.stringify(service.calls)).not.toContain(AccessKey?.SecretAccessKey);
  });

  test('tells times in whole seconds', async () => {
    const { iam } = await withUser({ now: () => new Date('2026-01-01T12:00:00.999Z') });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand(USER));
    expect(AccessKey?.CreateDate).toEqual(new Date('2026-01-01T12:00:00Z'));
  });

  test('is not idempotent: twice makes two keys', async () => {
    const { iam, service } = await withUser();
    await iam.send(new CreateAccessKeyCommand(USER));
    await iam.send(new CreateAccessKeyCommand(USER));
    expect(new Set(service.keys('app').map(({ accessKeyId }) => accessKeyId)).size).toBe(2);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  test('refuses a third key, whatever the status of the others', async () => {
    const { iam, service } = await withUser();
    service.setStatus(service.createAccessKey('app').accessKeyId, 'Inactive');
    service.createAccessKey('app');
    await expect(iam.send(new CreateAccessKeyCommand(USER))).rejects.toMatchObject({
      name: 'LimitExceededException', message: 'Cannot exceed quota for AccessKeysPerUser: 2', $metadata: { httpStatusCode: 409 },
    });
    expect(service.calls).toMatchObject([{ outcome: 'LimitExceeded', effective: false }]);
    expect(() => service.createAccessKey('app')).toThrow('AccessKeysPerUser');
  });

  test('counts the keys of each user alone', async () => {
    const { iam, service } = await withUser();
    service.createUser('other');
    service.createAccessKey('other');
    service.createAccessKey('other');
    await expect(iam.send(new CreateAccessKeyCommand(USER))).resolves.toBeDefined();
  });

  test('is for the caller\'s own user when it names none', async () => {
    const { iamWith, service } = await withUser();
    const own = iamWith({ credentials: service.createAccessKey('app') });
    await own.send(new CreateAccessKeyCommand({}));
    expect(service.keys('app')).toHaveLength(2);
  });

  test('refuses to guess the user of a role', async () => {
    const { iam } = await withUser();
    await expect(iam.send(new CreateAccessKeyCommand({}))).rejects.toMatchObject({
      name: 'ValidationError', message: 'Must specify userName when calling with non-User credentials',
    });
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
describe('ListAccessKeys', () => {
  test('lists active and inactive keys, and never a secret', async () => {
    const { iam, service } = await withUser();
    const [one, two] = [service.createAccessKey('app'), service.createAccessKey('app')];
    service.setStatus(one.accessKeyId, 'Inactive');
    const { AccessKeyMetadata, IsTruncated, Marker } = await iam.send(new ListAccessKeysCommand(USER));
    expect(AccessKeyMetadata).toEqual([
      { UserName: 'app', AccessKeyId: one.accessKeyId, Status: 'Inactive', CreateDate: expect.any(Date) },
      { UserName: 'app', AccessKeyId: two.accessKeyId, Status: 'Active', CreateDate: expect.any(Date) },
    ]);
    expect({ IsTruncated, Marker }).toEqual({ IsTruncated: false, Marker: undefined });
  });

  test('is empty for a user without keys', async () => {
    const { iam } = await withUser();
    expect((await iam.send(new ListAccessKeysCommand(USER))).AccessKeyMetadata).toEqual([]);
  });

  test('pages, and a marker stays good when its key is deleted', async () => {
    const { iam, service } = await withUser();
    const [one, two] = [service.createAccessKey('app'), service.createAccessKey('app')];
    const ids: unknown[] = [];
    for await (const page of paginateListAccessKeys({ client: iam, pageSize: 1 }, { ...USER })) {
      ids.push(page.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId));
      if (ids.length === 1) service.deleteAccessKey(one.accessKeyId);
    }
    expect(ids).toEqual([[one.accessKeyId], [two.accessKeyId]]);
  });

  test('goes on after a marker', async () => {
    const { iam, service } = await withUser();
    const [one, two] = [service.createAccessKey('app'), service.createAccessKey('app')];
    const first = await iam.send(new ListAccessKeysCommand({ ...USER, MaxItems: 1 }));
    expect(first).toMatchObject({ AccessKeyMetadata: [{ AccessKeyId: one.accessKeyId }], IsTruncated: true, Marker: expect.any(String) });
    const second = await iam.send(new ListAccessKeysCommand({ ...USER, Marker: first.Marker }));
    expect(second.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)).toEqual([two.accessKeyId]);
    expect(second.IsTruncated).toBe(false);
  });

  test.each([{ MaxItems: 0 }, { MaxItems: 1001 }, { Marker: 'nonsense' }])('refuses %j', async (parameters) => {
    const { iam } = await withUser();
    await expect(iam.send(new ListAccessKeysCommand({ ...USER, ...parameters }))).rejects.toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400 } });
  });

  test('may not show a fresh key yet', async () => {
    const { iam, service } = await withUser({ listingMs: 60_000 });
    service.createAccessKey('app');
    expect((await iam.send(new ListAccessKeysCommand(USER))).AccessKeyMetadata).toEqual([]);
    service.age(60_000);
    expect((await iam.send(new ListAccessKeysCommand(USER))).AccessKeyMetadata).toHaveLength(1);
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html, API_DeleteAccessKey.html
describe('UpdateAccessKey and DeleteAccessKey', () => {
  test('deactivate, activate again, and delete', async () => {
    const { iam, service } = await withUser();
    const { accessKeyId: AccessKeyId } = service.createAccessKey('app');
    await iam.send(new UpdateAccessKeyCommand({ ...USER, AccessKeyId, Status: 'Inactive' }));
    expect(service.keys('app')).toMatchObject([{ accessKeyId: AccessKeyId, status: 'Inactive' }]);
    await iam.send(new UpdateAccessKeyCommand({ ...USER, AccessKeyId, Status: 'Active' }));
    expect(service.keys('app')).toMatchObject([{ status: 'Active' }]);
    await iam.send(new DeleteAccessKeyCommand({ ...USER, AccessKeyId }));
    expect(service.keys('app')).toEqual([]);
    expect(service.calls.map(({ action, userName, keyId, outcome }) => [action, userName, keyId, outcome])).toEqual([
      ['UpdateAccessKey', 'app', AccessKeyId, 'ok'], ['UpdateAccessKey', 'app', AccessKeyId, 'ok'], ['DeleteAccessKey', 'app', AccessKeyId, 'ok'],
    ]);
  });

  test('refuse a key that is deleted already, and another user\'s', async () => {
    const { iam, service } = await withUser();
    service.createUser('other');
    const gone = service.createAccessKey('app').accessKeyId;
    service.deleteAccessKey(gone);
    for (const AccessKeyId of [gone, service.createAccessKey('other').accessKeyId]) {
      const refusal = { name: 'NoSuchEntityException', message: `The Access Key with id ${AccessKeyId} cannot be found`, $metadata: { httpStatusCode: 404 } };
      await expect(iam.send(new DeleteAccessKeyCommand({ ...USER, AccessKeyId }))).rejects.toMatchObject(refusal);
      await expect(iam.send(new UpdateAccessKeyCommand({ ...USER, AccessKeyId, Status: 'Inactive' }))).rejects.toMatchObject(refusal);
    }
    expect(service.keys('other')).toHaveLength(1);
  });

  test('refuse a status that there is none of', async () => {
    const { iam, service } = await withUser();
    const { accessKeyId: AccessKeyId } = service.createAccessKey('app');
    await expect(iam.send(new UpdateAccessKeyCommand({ ...USER, AccessKeyId, Status: 'Expired' }))).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
describe('GetAccessKeyLastUsed', () => {
  test('knows no use of a fresh key', async () => {
    const { iam, service } = await withUser();
    const { accessKeyId: AccessKeyId } = service.createAccessKey('app');
    const { UserName, AccessKeyLastUsed } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect({ UserName, AccessKeyLastUsed }).toEqual({ UserName: 'app', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } });
  });

  test('tells when, where and at which service a key was used last', async () => {
    let now = new Date('2026-01-01T12:00:00.500Z');
    const { iam, service } = await withUser({ now: () => now });
    const pair = service.createAccessKey('app');
    expect(service.use(pair.accessKeyId, pair.secretAccessKey, 's3', 'eu-west-1')).toBe('accepted');
    now = new Date('2026-01-01T13:00:00Z');
    expect(service.use(pair.accessKeyId, (secret) => secret === pair.secretAccessKey, 'ses')).toBe('accepted');
    now = new Date('2026-01-01T14:00:00Z');
    expect(service.use(pair.accessKeyId, 'wrong', 's3')).toBe('refused');
    const { AccessKeyLastUsed } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: pair.accessKeyId }));
    expect(AccessKeyLastUsed).toEqual({ LastUsedDate: new Date('2026-01-01T13:00:00Z'), ServiceName: 'ses', Region: 'us-east-1' });
    expect(service.keys('app')[0]?.lastUsed).toEqual({ at: new Date('2026-01-01T13:00:00Z'), serviceName: 'ses', region: 'us-east-1' });
  });

  test('may not know a use yet', async () => {
    const { iam, service } = await withUser({ lastUsed: 'late' });
    const { accessKeyId: AccessKeyId, secretAccessKey } = service.createAccessKey('app');
    service.use(AccessKeyId, secretAccessKey, 's3');
    expect((await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed).toEqual({ ServiceName: 'N/A', Region: 'N/A' });
    expect(service.keys('app')[0]?.lastUsed).toMatchObject({ serviceName: 's3' });
    service.age(1000);
    service.use(AccessKeyId, secretAccessKey, 'sqs');
    expect((await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed).toMatchObject({ ServiceName: 's3' });
  });

  test('refuses a key that does not exist', async () => {
    const { iam } = await withUser();
    await expect(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});

test('GetUser tells path, id and ARN', async () => {
  const { iam, service } = await harness({ account: '444455556666', partition: 'aws-cn' });
  const { arn } = service.createUser('app', '/teams/one/');
  expect(arn).toBe('arn:aws-cn:iam::444455556666:user/teams/one/app');
  expect((await iam.send(new GetUserCommand(USER))).User).toEqual({
    Path: '/teams/one/', UserName: 'app', UserId: expect.stringMatching(/^AIDA[A-Z2-7]{16}$/), Arn: arn, CreateDate: expect.any(Date),
  });
});

test.each([
  ['CreateAccessKey', new CreateAccessKeyCommand({ UserName: 'nosuch' })], ['ListAccessKeys', new ListAccessKeysCommand({ UserName: 'nosuch' })],
  ['GetUser', new GetUserCommand({ UserName: 'nosuch' })],
  ['UpdateAccessKey', new UpdateAccessKeyCommand({ UserName: 'nosuch', AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA', Status: 'Inactive' })],
  ['DeleteAccessKey', new DeleteAccessKeyCommand({ UserName: 'nosuch', AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })],
])('%s refuses a user that does not exist', async (_, command) => {
  const { iam } = await withUser();
  await expect(iam.send(command as GetUserCommand)).rejects.toMatchObject({
    name: 'NoSuchEntityException', message: 'The user with name nosuch cannot be found.', $metadata: { httpStatusCode: 404 },
  });
});

describe('The control plane', () => {
  test('moves what happened into the past, and nothing that happens after', async () => {
    const { service } = await withUser({ now: () => new Date('2026-01-01T12:00:00Z') });
    const old = service.createAccessKey('app');
    service.use(old.accessKeyId, old.secretAccessKey, 's3');
    service.age(3_600_000);
    service.createAccessKey('app');
    expect(service.keys('app')).toMatchObject([
      { createDate: new Date('2026-01-01T11:00:00Z'), lastUsed: { at: new Date('2026-01-01T11:00:00Z') } },
      { createDate: new Date('2026-01-01T12:00:00Z'), lastUsed: undefined },
    ]);
  });

  test('refuses names that IAM refuses, a user twice, and what does not exist', async () => {
    const { service } = await withUser();
    expect(() => service.createUser('a b')).toThrow('userName is invalid');
    expect(() => service.createUser('app')).toThrow('already exists');
    expect(() => service.keys('nosuch')).toThrow('cannot be found');
    expect(() => service.setStatus('AKIAAAAAAAAAAAAAAAAA', 'Inactive')).toThrow('cannot be found');
  });
});
