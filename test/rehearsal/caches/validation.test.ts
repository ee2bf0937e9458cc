import { DescribeUsersCommand, ModifyUserCommand, ModifyUserCommandInput } from '@aws-sdk/client-elasticache';
import { UpdateUserCommand, UpdateUserCommandInput } from '@aws-sdk/client-memorydb';
import { ACCESS, harness, ONE, stopHarnesses, THREE, TWO } from './harness';
import { refusal, SERVICES } from './services';

afterEach(stopHarnesses);

describe.each(SERVICES)('A change of a user of $service', (it) => {
  test.each([['16', 16], ['128', 128]])('takes a password of %s characters', async (_, length) => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await it.change(stage, { passwords: ['x'.repeat(length)] });
    expect(await stage.accepted('x'.repeat(length))).toHaveLength(1);
  });

  test.each([
    ['a password of 15 characters', ['x'.repeat(15)], 'Passwords length must be between 16-128 characters.'],
    ['a password of 129 characters beside a good one', [TWO, 'x'.repeat(129)], 'Passwords length must be between 16-128 characters.'],
    ['an empty list of passwords', [], 'between 1 and 2 passwords'],
    ['three passwords', [ONE, TWO, THREE], 'between 1 and 2 passwords'],
  ])('refuses %s and changes nothing', async (_, passwords, message) => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    const refused = it.change(stage, { passwords });
    await expect(refused).rejects.toMatchObject({ ...refusal(it.errors.value), message: expect.stringContaining(message) });
    expect(await stage.accepted(ONE, TWO)).toEqual([ONE]);
    expect(await it.describe(stage)).toMatchObject({ status: 'active', passwordCount: 1 });
    expect(stage.caches.calls[0]).toMatchObject({ action: it.action, effective: false });
  });

  test.each(['on ~* >another-password', 'on ~* #hash', 'on reset', 'on nopass', 'on resetpass', ' '])('refuses the access string "%s"', async (accessString) => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await expect(it.change(stage, { accessString })).rejects.toMatchObject(refusal(it.errors.value));
    expect(await stage.accepted(ONE)).toEqual([ONE]);
  });

  test('refuses to change nothing', async () => {
    const stage = await harness();
    await it.create(stage, [ONE]);
    await expect(it.change(stage, {})).rejects.toMatchObject({ ...refusal(it.errors.combination), message: 'No modifications were requested' });
  });

  test('is checked on creation, too', async () => {
    const stage = await harness();
    await expect(it.create(stage, ['short'])).rejects.toThrow('16-128');
    await expect(it.create(stage, [ONE], 'on nopass')).rejects.toThrow('access string');
    await it.create(stage, [ONE]);
  });
});

describe('ModifyUser', () => {
  const modify = async (input: Partial<ModifyUserCommandInput>): Promise<unknown> => {
    const { caches, server, elasticache } = await harness();
    await caches.createElastiCacheUser({ userId: 'app-id', userName: 'app', accessString: ACCESS, passwords: [ONE], server });
    return elasticache.send(new ModifyUserCommand({ UserId: 'app-id', ...input }));
  };

  test('takes its passwords in an authentication mode, too', async () => {
    await expect(modify({ AuthenticationMode: { Type: 'password', Passwords: [TWO, THREE] } })).resolves.toMatchObject({ Authentication: { PasswordCount: 2 } });
  });

  test('appends to the access string', async () => {
    await expect(modify({ AppendAccessString: '-@dangerous' })).resolves.toMatchObject({ AccessString: `${ACCESS} -@dangerous` });
  });

  test.each<[string, Partial<ModifyUserCommandInput>, string]>([
    ['passwords in both places', { Passwords: [TWO], AuthenticationMode: { Type: 'password', Passwords: [TWO] } }, 'InvalidParameterCombinationException'],
    ['passwords and none required', { Passwords: [TWO], NoPasswordRequired: true }, 'InvalidParameterCombinationException'],
    ['an access string and one to append', { AccessString: ACCESS, AppendAccessString: '+get' }, 'InvalidParameterCombinationException'],
    ['an authentication mode without passwords', { AuthenticationMode: { Type: 'password' } }, 'InvalidParameterValueException'],
    ['what the stand-in does not do: no password', { NoPasswordRequired: true }, 'InvalidParameterValueException'],
    ['what the stand-in does not do: IAM', { AuthenticationMode: { Type: 'iam' } }, 'InvalidParameterValueException'],
    ['what the stand-in does not do: engines', { Engine: 'valkey' }, 'InvalidParameterValueException'],
  ])('refuses %s', async (_, input, name) => {
    await expect(modify(input)).rejects.toMatchObject({ name });
  });

  test('refuses a request without a user', async () => {
    await expect(modify({ UserId: '' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

describe('UpdateUser', () => {
  test.each<[string, UpdateUserCommandInput['AuthenticationMode']]>([['without passwords', { Type: 'password' }], ['of IAM', { Type: 'iam' }]])(
    'refuses an authentication mode %s', async (_, mode) => {
      const { caches, server, memorydb } = await harness();
      await caches.createMemoryDbUser({ name: 'app', accessString: ACCESS, passwords: [ONE], server });
      await expect(memorydb.send(new UpdateUserCommand({ UserName: 'app', AuthenticationMode: mode }))).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    });
});

test('DescribeUsers refuses filters, which the stand-in does not do', async () => {
  const { elasticache } = await harness();
  const filtered = elasticache.send(new DescribeUsersCommand({ Filters: [{ Name: 'user-id', Values: ['app-id'] }] }));
  await expect(filtered).rejects.toMatchObject({ name: 'InvalidParameterValueException', message: 'The local caches do not understand Filters.' });
});
