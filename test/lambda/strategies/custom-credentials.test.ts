import { failureOf, FAST } from '../../support/access-key-rotation';
import { CustomKeysRotation, KEYS, PASSWORDS } from '../../support/custom-keys-rig';

let rotation: CustomKeysRotation;

afterEach(() => rotation.stop());

describe('keys that a service of one\'s own makes up', () => {
  test('are rotated: the new one works, and so does the one before', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    await rotation.rig.rotate();
    rotation.age();
    await rotation.rig.rotate();
    expect(rotation.server.keys.map(({ value }) => value)).toEqual([rotation.key('AWSPREVIOUS'), rotation.key('AWSCURRENT')]);
    expect(rotation.rig.labelled('AWSCURRENT')).toMatchObject({ host: 'keys.example.com' });
    expect(rotation.server.verified).toBe(2 * FAST.successes);
  });

  test('make room: the one before goes, the current one stays', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    for (let time = 0; time < 3; time++) {
      await rotation.rig.rotate();
      rotation.age();
    }
    expect(rotation.server.keys.map(({ value }) => value)).toEqual([rotation.key('AWSPREVIOUS'), rotation.key('AWSCURRENT')]);
  });

  test('are found again when the answer to the issue is lost, and there are never two of one intent', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    await rotation.rig.rotate();
    rotation.age();
    rotation.server.faults.push({ path: '/issue', when: 'after' });
    const token = rotation.rig.begin();
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/ISSUE_UNCERTAIN/);
    await rotation.rig.stepsWithRetries(token);
    expect(rotation.server.keys.map(({ value }) => value)).toEqual([rotation.key('AWSPREVIOUS'), rotation.key('AWSCURRENT')]);
  }, 20_000);

  test('are rotated by the same invocation when the service is busy for a moment', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    rotation.server.faults.push({ path: '/list', when: 'before', status: 503 }, { path: '/verify', when: 'before' });
    await rotation.rig.rotate();
    expect(rotation.key('AWSCURRENT')).toBe(rotation.server.keys[0]?.value);
  });

  test('wait until a new one is known everywhere', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    rotation.server.faults.push({ path: '/verify', when: 'before', status: 401 }, { path: '/verify', when: 'before', status: 401 });
    await rotation.rig.rotate();
    expect(rotation.key('AWSCURRENT')).toBe(rotation.server.keys[0]?.value);
  });

  test('are made with a token that was rotated meanwhile: the superuser\'s secret is read again', async () => {
    rotation = await CustomKeysRotation.start(KEYS);
    rotation.server.token = 'the-next-token-of-the-administrator';
    rotation.server.refused = () => { void rotation.rig.putValue(rotation.superuserSecretArn, '{"token":"the-next-token-of-the-administrator"}'); };
    await rotation.rig.rotate();
    expect(rotation.key('AWSCURRENT')).toBe(rotation.server.keys[0]?.value);
  });

  test('fail when the file does not fit, before anything is made', async () => {
    rotation = await CustomKeysRotation.start(KEYS.replace('contractVersion = 1', 'contractVersion = 2'));
    expect(await failureOf(rotation.rig.rotate())).toMatch(/CONTRACT_MISMATCH.*version 2.*version 1/);
    expect(rotation.server.keys).toEqual([]);
  });

  test('fail, and no credential shows in what the service says of it', async () => {
    rotation = await CustomKeysRotation.start(KEYS.replace('verify: (', 'verify: (fields) => { throw Object.assign(new Error(JSON.stringify(fields)), { code: \'PERMISSION_DENIED\' }); }, unused: ('));
    const token = rotation.rig.begin();
    const failure = await failureOf(rotation.rig.steps(token));
    expect(failure).toMatch(/PERMISSION_DENIED: verify failed/);
    expect(failure + rotation.rig.output).not.toContain(String(rotation.rig.value(token)?.key));
  });
});

describe('passwords that a service of one\'s own is told', () => {
  test('are rotated: the new one is accepted, and so is the one before', async () => {
    rotation = await CustomKeysRotation.start(PASSWORDS);
    await rotation.rig.rotate();
    await rotation.rig.rotate();
    expect(rotation.server.keys.map(({ value }) => value)).toEqual([rotation.password('AWSCURRENT'), rotation.password('AWSPREVIOUS')]);
  });

  test.each(['before', 'after'] as const)('are rotated by the same invocation when the connection is lost %s they are applied', async (when) => {
    rotation = await CustomKeysRotation.start(PASSWORDS);
    rotation.server.faults.push({ path: '/apply', when });
    await rotation.rig.rotate();
    expect(rotation.server.keys.map(({ value }) => value)).toEqual([rotation.password('AWSCURRENT'), 'the-first-password']);
  });

  test('are given up when the service will never take one, and the next rotation draws another', async () => {
    rotation = await CustomKeysRotation.start(PASSWORDS);
    rotation.server.faults.push({ path: '/apply', when: 'before', status: 422 });
    expect(await failureOf(rotation.rig.rotate())).toMatch(/PASSWORD_REJECTED/);
    await rotation.rig.rotate();
    expect(rotation.server.keys[0]?.value).toBe(rotation.password('AWSCURRENT'));
  });

  test('are not applied by an invocation that was overtaken: its fence passes through the service as it is', async () => {
    rotation = await CustomKeysRotation.start(PASSWORDS);
    const token = rotation.rig.begin();
    await rotation.rig.step('createSecret', token);
    rotation.server.read = () => rotation.rig.cancel();
    expect(await failureOf(rotation.rig.step('setSecret', token))).toMatch(/ROTATION_DISABLED|NOT_PENDING|TOKEN_UNKNOWN/);
    expect(rotation.server.keys.map(({ value }) => value)).toEqual(['the-first-password']);
  });
});
