import { GetRandomPasswordCommand } from '@aws-sdk/client-secrets-manager';
import { Harness, harness, stopHarnesses } from './harness';

afterEach(stopHarnesses);

async function passwords({ client }: Harness, input: GetRandomPasswordCommand['input']): Promise<string> {
  const drawn = await Promise.all(Array.from({ length: 20 }, () => client.send(new GetRandomPasswordCommand(input))));
  return drawn.map(({ RandomPassword }) => RandomPassword).join('');
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
describe('GetRandomPassword', () => {
  test('draws 32 characters unless told otherwise, never the same', async () => {
    const { client } = await harness();
    const [one, other] = await Promise.all([client.send(new GetRandomPasswordCommand({})), client.send(new GetRandomPasswordCommand({}))]);
    expect([one.RandomPassword?.length, other.RandomPassword?.length]).toEqual([32, 32]);
    expect(one.RandomPassword).not.toBe(other.RandomPassword);
    expect((await client.send(new GetRandomPasswordCommand({ PasswordLength: 4096 }))).RandomPassword).toHaveLength(4096);
  });

  test('holds each character type unless told otherwise', async () => {
    const { client } = await harness();
    for (let draw = 0; draw < 20; draw++) {
      const { RandomPassword = '' } = await client.send(new GetRandomPasswordCommand({ PasswordLength: 4 }));
      expect([/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].every((type) => type.test(RandomPassword))).toBe(true);
    }
  });

  test.each([
    [{ ExcludeCharacters: '/@"\'\\' }, /^[^/@"'\\]*$/], [{ ExcludeLowercase: true }, /^[^a-z]*$/], [{ ExcludeUppercase: true }, /^[^A-Z]*$/],
    [{ ExcludeNumbers: true }, /^[^0-9]*$/], [{ ExcludePunctuation: true }, /^[a-zA-Z0-9]*$/], [{ IncludeSpace: true }, / /],
  ])('obeys %j', async (input, pattern) => {
    expect(await passwords(await harness(), input)).toMatch(pattern);
  });

  test.each([
    [{ PasswordLength: 0 }], [{ PasswordLength: 4097 }], [{ PasswordLength: 3 }],
    [{ ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true }],
  ])('refuses %j', async (input) => {
    const { client } = await harness();
    await expect(client.send(new GetRandomPasswordCommand(input))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
