import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { unreasoned } from './reasoned';
import { ROOTS, RootRig, STEPS, SUPERUSERS } from './root-rig';
import { runs } from './runs';
import { CustomUsersRotation, StrategyName } from '../support/custom-users-rig';

jest.setTimeout(120_000);

/** Is part of every value that must not be told. */
const MARK = 'S3CR3T';
const KEYS = ['username', 'password', 'engine', 'host', 'port', 'dbname', 'masterarn', 'dbClusterIdentifier', 'ssl', 'accessKeyId', 'secretAccessKey', 'user_arn'];
const MOST_BYTES = 65_536;

describe.each(ROOTS)('the handler of %s/%s, whose secret holds anything', (strategy, service) => {
  let root: RootRig;
  beforeAll(async () => { root = await RootRig.start(strategy, service); });
  afterAll(() => root.stop());

  test('fails with a reason at whatever is no credential, under each label, and repeats nothing of it', async () => {
    await fc.assert(fc.asyncProperty(secretString(), fc.boolean(), async (text, isCurrent) => {
      const secretArn = root.newSecret(isCurrent ? text : '{"username":"app","password":"the-first-password"}');
      const token = root.rig.secretsManager.beginRotation(secretArn);
      if (!isCurrent) await putPending(secretArn, token, text);
      for (const step of STEPS) expectSilent(await root.invoke(step, secretArn, token), root.rig.output);
    }), runs(10));
  });
});

describe.each(SUPERUSERS)('the handler of %s/%s, whose superuser\'s secret holds anything', (strategy, service) => {
  let root: RootRig;
  beforeAll(async () => { root = await RootRig.start(strategy, service); });
  afterAll(() => root.stop());

  test('fails its preflight and its rotations with a reason, and repeats nothing of it', async () => {
    await fc.assert(fc.asyncProperty(secretString(), async (text) => {
      root.rig.configure({ superuserSecretArn: root.newSecret(text) });
      const secretArn = root.newSecret('{"username":"app","password":"the-first-password"}');
      expectSilent(await root.invoke('testSecret', secretArn, root.rig.secretsManager.beginRotationTest(secretArn, 'current')), root.rig.output);
      root.rig.secretsManager.endRotationTest(secretArn);
      const token = root.rig.secretsManager.beginRotation(secretArn);
      for (const step of STEPS) expectSilent(await root.invoke(step, secretArn, token), root.rig.output);
    }), runs(10));
  });
});

describe.each<StrategyName>(['single user', 'superuser', 'alternating users'])('a rotation of %s', (strategy) => {
  let rotation: CustomUsersRotation;
  beforeAll(async () => { rotation = await CustomUsersRotation.start(strategy); });
  afterAll(() => rotation.stop());

  test('keeps every member that it does not know, exactly, and says nothing of them', async () => {
    const { rig, server } = rotation;
    await fc.assert(fc.asyncProperty(members(), async (others) => {
      const login = { username: 'app', password: server.passwords.get('app') };
      const text = joined(others, login);
      await rig.putValue(rig.secretArn, text);
      await rig.rotate();
      const facts = { host: 'shelf.example.com', port: 7000, engine: 'shelf' };
      const username = strategy === 'alternating users' ? 'app_clone' : 'app';
      expect(asText(rig.labelled('AWSCURRENT'))).toEqual(asText({ ...JSON.parse(text) as object, ...facts, username, password: server.passwords.get(username) }));
      expect(rig.output).not.toContain(MARK);
    }), runs(40));
  });

  // An object with a member `toString` has no text form: what differs from the configuration must be told without one.
  test.each(['host', 'port', 'engine'])('goes through when %s of AWSCURRENT is an object, and corrects it', async (fact) => {
    const { rig, server } = rotation;
    await rig.putValue(rig.secretArn, JSON.stringify({ username: 'app', password: server.passwords.get('app'), [fact]: { toString: MARK } }));
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ host: 'shelf.example.com', port: 7000, engine: 'shelf' });
    expect(rig.output).not.toContain(MARK);
  });

  test('fails with a reason when a value is full, and leaves it in force', async () => {
    const { rig, server } = rotation;
    const login = { username: 'app', password: server.passwords.get('app') };
    const room = MOST_BYTES - JSON.stringify({ ...login, note: MARK }).length;
    await rig.putValue(rig.secretArn, JSON.stringify({ ...login, note: MARK + 'x'.repeat(room) }));
    await expect(rig.rotate()).rejects.toThrow(/^SECRETS_MANAGER_FAILED: PutSecretValue on arn:\S+ failed \(ValidationException\)/);
    expect(rig.labelled('AWSCURRENT')).toMatchObject(login);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.output).not.toContain(MARK);
  });
});

/** Objects by their members in any order, and `__proto__` among them. */
function asText(value: unknown): unknown {
  return Object.entries(value as object).map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).sort();
}

function expectSilent(outcome: unknown, output: string): void {
  if (outcome !== 'done') expect(unreasoned(outcome)).toBeUndefined();
  expect(output + String(outcome)).not.toContain(MARK);
}

async function putPending(secretArn: string, token: string, text: string): Promise<void> {
  await new SecretsManagerClient({}).send(new PutSecretValueCommand({ SecretId: secretArn, ClientRequestToken: token, SecretString: text, VersionStages: ['AWSPENDING'] }));
}

/** Any text, any JSON, and objects with AWS's own keys that hold anything. */
function secretString(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => `${MARK}${text}`),
    fc.constantFrom(`\ufeff{"username":"app","password":"${MARK}"}`, `{"username":"app","password":"${MARK}"`, `["app","${MARK}"]`, 'null', `"${MARK}"`, '7', `{"${MARK}":1}`),
    fc.constant(`{"username":"app","password":"${MARK}","password":7}`),
    fc.tuple(members(), fc.record({ username: anyUsername(), password: marked() }, { requiredKeys: [] }))
      .map(([others, login]) => joined(others, login)),
  );
}

/** The user's name may be told: a wrong one is what a person on call looks for. */
function anyUsername(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.constantFrom<unknown>('app', 'app_clone', '', 'postgres', '__proto__', 'app\0', '\ud800', 'app;--', 'x'.repeat(10_000), 7, null, true, [], { name: 'app' }), fc.string({ unit: 'binary' }));
}

function members(): fc.Arbitrary<object> {
  const key = fc.oneof(fc.constantFrom(...KEYS.slice(2), '__proto__', 'constructor', 'toString', 'toJSON', 'hasOwnProperty', `${MARK}-key`), fc.string({ unit: 'binary' }));
  return fc.dictionary(key.filter((name) => !['username', 'password'].includes(name)), marked(), { maxKeys: 6 });
}

/** Anything that JSON holds exactly as JavaScript does. */
function marked(): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).map((some) => `${MARK}${some}`),
    fc.constantFrom(`${MARK}\0`, `${MARK}\ud800`, `\udfff${MARK}`, `\ufeff${MARK}`, `${MARK}'; DROP ROLE app; --`, `${MARK}"\\\n`, MARK + 'x'.repeat(8_000)),
  );
  const other = fc.constantFrom<unknown>(0, -1, 1.5, 5432, 1e308, true, false, null, [], {}, { toString: 1 }, { valueOf: null, toString: MARK });
  return fc.oneof(text, other, fc.array(text, { maxLength: 2 }), fc.dictionary(text, text, { maxKeys: 2 }));
}

function joined(others: object, login: object): string {
  return JSON.stringify({ ...others, ...login });
}
