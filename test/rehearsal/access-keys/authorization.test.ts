import {
  CreateAccessKeyCommand, DeleteAccessKeyCommand, GetAccessKeyLastUsedCommand, ListAccessKeysCommand, UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { harness, Harness, stopHarnesses } from './harness';
import { evaluate, PolicyDocument } from '../../../rehearsal/iam';
import { AuthorizationRequest } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

const USER_ARN = 'arn:aws:iam::111122223333:user/app';

async function refusing(refused: string | undefined): Promise<Harness & { readonly asked: AuthorizationRequest[] }> {
  const asked: AuthorizationRequest[] = [];
  const started = await harness({
    authorize: (request) => {
      asked.push(request);
      return { allowed: request.action !== refused, reason: 'no identity-based policy allows it' };
    },
  });
  started.service.createUser('app');
  return { ...started, asked };
}

describe('Authorization', () => {
  test('is asked for each call of IAM, on the user\'s ARN', async () => {
    const { iam, service, asked } = await refusing(undefined);
    const { accessKeyId: AccessKeyId } = service.createAccessKey('app');
    const key = { UserName: 'app', AccessKeyId };
    await iam.send(new ListAccessKeysCommand({ UserName: 'app' }));
    await iam.send(new CreateAccessKeyCommand({ UserName: 'app' }));
    await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    await iam.send(new DeleteAccessKeyCommand(key));
    expect(asked).toEqual(['ListAccessKeys', 'CreateAccessKey', 'UpdateAccessKey', 'GetAccessKeyLastUsed', 'DeleteAccessKey'].map(
      (operation) => ({ accessKeyId: 'ASIAFUNCTION', action: `iam:${operation}`, resource: USER_ARN, context: {} })));
  });

  test('is asked for what would be the ARN, and for * where a key is nobody\'s', async () => {
    const { iam, service, asked } = await refusing(undefined);
    service.createUser('other', '/teams/');
    for (const UserName of ['nosuch', 'other']) await iam.send(new ListAccessKeysCommand({ UserName })).catch(() => undefined);
    await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })).catch(() => undefined);
    expect(asked.map(({ resource }) => resource)).toEqual(['arn:aws:iam::111122223333:user/nosuch', 'arn:aws:iam::111122223333:user/teams/other', '*']);
  });

  test('refuses before anything happens, with action, resource and reason', async () => {
    const { iam, service } = await refusing('iam:CreateAccessKey');
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: `User: ASIAFUNCTION is not authorized to perform: iam:CreateAccessKey on resource: ${USER_ARN} because no identity-based policy allows it`,
    });
    expect(service.keys('app')).toEqual([]);
    expect(service.calls).toMatchObject([{ outcome: 'AccessDenied', effective: false }]);
  });

  test('refuses without telling whether user or key exists', async () => {
    const { iam } = await refusing('iam:ListAccessKeys');
    await expect(iam.send(new ListAccessKeysCommand({ UserName: 'nosuch' }))).rejects.toMatchObject({ name: 'AccessDenied' });
    const asking = await refusing('iam:GetAccessKeyLastUsed');
    await expect(asking.iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test('Real policies decide when the evaluator is put behind it', async () => {
  const policy: PolicyDocument = { Statement: { Effect: 'Allow', Action: ['iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'], Resource: USER_ARN } };
  const { iam, service } = await harness({
    authorize: ({ action, resource, context }) =>
      evaluate({ principal: 'arn:aws:iam::111122223333:role/rotation', action, resource, context }, { identity: [policy] }),
  });
  service.createUser('app');
  service.createUser('other');
  await expect(iam.send(new ListAccessKeysCommand({ UserName: 'app' }))).resolves.toBeDefined();
  await expect(iam.send(new ListAccessKeysCommand({ UserName: 'other' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'app' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }))).rejects.toMatchObject({ name: 'AccessDenied' });
});
