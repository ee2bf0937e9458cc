import { failureOf } from '../../support/access-key-rotation';
import { CustomUsersOptions, CustomUsersRotation, ServerFault, StrategyName, USERS } from '../../support/custom-users-rig';

let rotation: CustomUsersRotation;

async function start(strategy: StrategyName, options: CustomUsersOptions = {}): Promise<CustomUsersRotation> {
  rotation = await CustomUsersRotation.start(strategy, options);
  return rotation;
}

afterEach(() => rotation.stop());

/** Whose one password is changed under clients. */
const ONE_USER: StrategyName[] = ['single user', 'superuser'];
const ALL: StrategyName[] = [...ONE_USER, 'alternating users'];

/** A service that does what it is told, and then can't read the answer. */
const CONFUSED = USERS.replace('setPassword: ({ username, password }) =>', 'setPassword: async ({ username, password }) => JSON.parse(\'\' + await ').replace('value: password }),', 'value: password })),');
/** A service whose author puts all that there is into messages. */
const CHATTY = USERS.replace('setPassword: ({ username, password }) =>', `setPassword: async ({ username, password }) => {
  throw Object.assign(new Error(JSON.stringify([login, password])), { code: 'PERMISSION_DENIED', remedy: 'Give ' + login.username + ' with ' + login.password + ' the right' });
}, unused: ({ username, password }) =>`);

describe.each(ALL)('users of a service of one\'s own (%s)', (strategy) => {
  test('are rotated: AWSCURRENT signs in, and the secret says where', async () => {
    const { rig } = await start(strategy);
    await rig.rotate();
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ engine: 'shelf', host: 'shelf.example.com', port: 7000 });
  });

  test('are rotated without a refused sign-in, and each sign-in is counted', async () => {
    const { rig, server } = await start(strategy);
    await rig.rotate();
    expect(rotation.metric('SignInsRefused')).toBe(0);
    expect(rotation.metric('SignIns')).toBe(server.signIns);
  });

  test('get the endpoint that is for clients', async () => {
    const { rig } = await start(strategy, { config: { clientEndpoint: { host: 'proxy.example.com', port: 7443 } } });
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ host: 'proxy.example.com', port: 7443 });
  });

  test('keep the endpoint that the secret has where the function was told none', async () => {
    const { rig } = await start(strategy, { config: { host: undefined, port: undefined } });
    await rig.putValue(rig.secretArn, '{"username":"app","password":"the-first-password","host":"by-hand.example.com","port":1}');
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ host: 'by-hand.example.com', port: 1 });
  });

  test.each(['before', 'after'] as const)('are rotated by the same invocation when the connection is lost %s the change', async (when) => {
    const { rig, server } = await start(strategy);
    server.faults.push({ path: '/password', when });
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rotation.metric('Retries')).toBeGreaterThan(0);
  });

  test('are rotated by the retry when the service was lost with the answer to the change', async () => {
    const { rig, server } = await start(strategy);
    server.faults.push({ path: '/password', when: 'after' });
    server.performed = (path) => { server.down = path === '/password'; };
    const token = rig.begin();
    expect(await failureOf(rig.steps(token))).toMatch(/SERVICE_UNREACHABLE/);
    server.performed = () => undefined;
    server.down = false;
    await rig.steps(token);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(token);
  });

  test('keep their password when the service refuses the new one for good, and the next rotation draws another', async () => {
    const { rig, server } = await start(strategy);
    const refused = rig.begin();
    server.faults.push({ path: '/password', when: 'before', status: 422 });
    expect(await failureOf(rig.steps(refused))).toMatch(/PASSWORD_REJECTED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.labelled('AWSCURRENT')?.password).not.toBe(rig.value(refused)?.password);
  });

  test.each([
    ['fails', 'throw new Error();'],
    ['never ends', 'return new Promise(() => undefined);'],
  ])('are rotated although the goodbye to the service %s, and each session is ended', async (_, instead) => {
    const { rig, server } = await start(strategy, { source: USERS.replace('end: async () => undefined', `end: async () => { await call('/end', {}).catch(() => undefined); ${instead} }`) });
    let ended = 0;
    server.performed = (path) => { if (path === '/end') ended++; };
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(ended).toBe(server.signIns);
  });

  test('are checked before the first rotation, and nothing changes', async () => {
    const { rig, server } = await start(strategy);
    const before = new Map(server.passwords);
    await rig.step('testSecret', rig.secretsManager.beginRotationTest(rig.secretArn, 'empty'));
    expect(server.passwords).toEqual(before);
    expect(server.signIns).toBe(1);
  }, 20_000);

  test.each([
    ['does not fit', 'exports.contractVersion = 7;', /CONTRACT_MISMATCH.*version 7/],
    ['is for another strategy', 'exports.contractVersion = 1; exports.createService = () => ({ family: \'issued\' });', /CONTRACT_MISMATCH.*family/],
    ['has no signIn', 'exports.contractVersion = 1; exports.createService = () => ({ family: \'users\' });', /CONTRACT_MISMATCH.*signIn/],
  ])('fail at the first step when the file %s, before anything changes', async (_, source, expected) => {
    const { rig } = await start(strategy, { source });
    const before = rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT;
    const token = rig.begin();
    expect(await failureOf(rig.step('createSecret', token))).toMatch(expected);
    expect(rig.value(token)).toBeUndefined();
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(before);
  });

  test.each([
    ['no session', USERS.replace('return {\n          setPassword', 'return 0 && {\n          setPassword'), /CONTRACT_MISMATCH.*session/],
    ['a session without setPassword', USERS.replace('setPassword:', 'setPasswords:'), /CONTRACT_MISMATCH.*session.*setPassword/],
  ])('fail when signIn answers %s, before anything changes', async (_, source, expected) => {
    const { rig, server } = await start(strategy, { source });
    const before = new Map(server.passwords);
    expect(await failureOf(rig.rotate())).toMatch(expected);
    expect(server.passwords).toEqual(before);
  });

  test('fail when the function was not told whose password it rotates', async () => {
    const { rig } = await start(strategy, { config: { username: undefined } });
    expect(await failureOf(rig.rotate())).toMatch(/MISCONFIGURED/);
  });

  test('fail, and neither the error nor the log repeats a credential that the service puts into its messages', async () => {
    const { rig } = await start(strategy, { source: CHATTY });
    const failure = await failureOf(rig.rotate());
    expect(failure).toMatch(/PERMISSION_DENIED: setPassword failed with PERMISSION_DENIED/);
    expect(rotation.secrets().length).toBeGreaterThan(2);
    rotation.secrets().forEach((secret) => { expect(failure + rig.output).not.toContain(secret); });
  });

  test('fail when the service asks for the superuser\'s secret: signIn is given the login', async () => {
    const { rig } = await start(strategy, { source: USERS.replace('({ signal })', '({ signal, superuser })').replace('await call(\'/sign-in\', login)', 'await superuser()') });
    expect(await failureOf(rig.rotate())).toMatch(/CONTRACT_MISMATCH.*superuser/);
  });
});

describe.each(ONE_USER)('one user of a service of one\'s own (%s)', (strategy) => {
  /** The next sign-in is that before the change; those after it get this answer. */
  const verificationAnswers = (answer: Partial<ServerFault>, times: number): void => {
    const { server } = rotation;
    const before = server.performed;
    server.performed = (path) => {
      if (path !== '/password') return;
      for (let time = 0; time < times; time++) server.faults.push({ path: '/sign-in', when: 'before', ...answer });
      server.performed = before;
    };
  };

  test('has the old password again when the new one is refused', async () => {
    const { rig } = await start(strategy);
    verificationAnswers({ status: 401 }, 1);
    expect(await failureOf(rig.rotate())).toMatch(/VERIFICATION_FAILED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.labelled('AWSCURRENT')?.password).toBe('the-first-password');
  });

  test('has the old password again through the session that changed it', async () => {
    const { rig } = await start(strategy, { connected: true });
    verificationAnswers({ status: 401 }, 1);
    expect(await failureOf(rig.rotate())).toMatch(/VERIFICATION_FAILED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });

  test.each([true, false])('has the old password again although the answer to the putting back is lost (sessions: %s)', async (connected) => {
    const { rig, server } = await start(strategy, { connected });
    verificationAnswers({ status: 401 }, 1);
    const lose = server.performed;
    server.performed = (path, status) => {
      void lose(path, status);
      if (path === '/password') server.faults.push({ path: '/password', when: 'after' });
    };
    expect(await failureOf(rig.rotate())).toMatch(/VERIFICATION_FAILED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });

  test.each([
    ['is busy', { status: 503 }],
    ['is silent', { silent: true }],
  ])('has the old password again in the reserve, although the service %s and heeds the signal, when nobody can tell of the new one', async (_, answer) => {
    const { rig, server } = await start(strategy, { connected: true });
    verificationAnswers(answer, 100);
    expect(await failureOf(rig.rotate().finally(() => server.faults.splice(0)))).toMatch(/VERIFICATION_FAILED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });

  test('has the old password again soon when nobody can tell of the new one, long before the time-out', async () => {
    const { rig, server } = await start(strategy, { connected: true, remainingMs: 60_000 });
    verificationAnswers({ status: 503 }, 100);
    expect(await failureOf(rig.rotate().finally(() => server.faults.splice(0)))).toMatch(/VERIFICATION_FAILED/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  }, 20_000);

  test('is rotated when the service makes the change and then fails', async () => {
    const { rig } = await start(strategy, { source: CONFUSED });
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rig.output).toMatch(/failed to set the password, and yet it signs in/);
  });

  test('keeps the old password when the service fails without having made the change', async () => {
    const { rig } = await start(strategy, { source: USERS.replace('setPassword: ({ username, password }) =>', 'setPassword: ({ username, password }) => undefined.no &&') });
    expect(await failureOf(rig.rotate())).toMatch(/SERVICE_FAILED: setPassword.*TypeError/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });

  test('is rotated in AWS\'s order of steps', async () => {
    const { rig } = await start(strategy, { config: { cutover: 'STEPWISE' } });
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rotation.metric('SignInsRefused')).toBe(0);
  });
});

describe('a service without connections, whose second try is refused by what its first one did', () => {
  test('has the user rotated all the same', async () => {
    const { rig, server } = await start('single user', {
      source: USERS.replace('setPassword: ({ username, password }) =>', `setPassword: async ({ username, password }) => {
      const change = () => call('/password', { ...who, name: username, value: password });
      await change().catch(change);
    }, unused: ({ username, password }) =>`),
    });
    server.faults.push({ path: '/password', when: 'after' });
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });
});

describe('the superuser of a service of one\'s own', () => {
  const rotateTheSuperuser = async (): Promise<void> => {
    rotation.server.passwords.set('root', 'the-next-password-of-root');
    await rotation.rig.putValue(rotation.superuserSecretArn, '{"username":"root","password":"the-next-password-of-root"}');
  };

  test.each(['superuser', 'alternating users'] as const)('is refused while its own secret is rotated, and the secret is read again (%s)', async (strategy) => {
    const { rig, server } = await start(strategy, { remainingMs: 10_000 });
    server.passwords.set('root', 'the-next-password-of-root');
    server.performed = (path, status) => (path === '/sign-in' && status === 401 ? rotateTheSuperuser() : undefined);
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
    expect(rotation.metric('SignInsRefused')).toBeGreaterThan(0);
  });

  test('is refused in the middle of its session, and the secret is read again', async () => {
    const { rig, server } = await start('alternating users', { remainingMs: 10_000 });
    server.performed = (path) => {
      if (path !== '/alike') return;
      server.performed = () => undefined;
      void rotateTheSuperuser();
    };
    await rig.rotate();
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });

  test('is refused for good, and the failure names it', async () => {
    const { rig, server } = await start('superuser');
    server.passwords.set('root', 'what-nobody-was-told');
    expect(await failureOf(rig.rotate())).toMatch(/SUPERUSER_REFUSED: the service refuses the superuser "root"/);
    expect(rotation.signsIn('AWSCURRENT')).toBe(true);
  });
});

describe('twins of a service of one\'s own', () => {
  test('are alike before the second one is used, and both sign in', async () => {
    const { rig, server } = await start('alternating users');
    const order: string[] = [];
    server.performed = (path) => { order.push(path); };
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')?.username).toBe('app_clone');
    expect(order).toEqual(['/sign-in', '/alike', '/password', '/sign-in']);
    expect(server.groups.get('app_clone')).toBe('shop');
    expect([rotation.signsIn('AWSCURRENT'), rotation.signsIn('AWSPREVIOUS')]).toEqual([true, true]);
  });

  test('are not touched by an invocation that was overtaken while it made them alike', async () => {
    const { rig, server } = await start('alternating users');
    const token = rig.begin();
    await rig.step('createSecret', token);
    server.performed = (path) => (path === '/alike' ? rig.cancel() : undefined);
    expect(await failureOf(rig.step('setSecret', token))).toMatch(/ROTATION_DISABLED|NOT_PENDING|TOKEN_UNKNOWN/);
    expect(server.passwords.has('app_clone')).toBe(false);
  });

  test('fail with what differs when the service can not make them alike', async () => {
    const source = USERS.replace('makeAlike:', 'makeAlike: async () => { throw Object.assign(new Error(\'app_clone lacks the group shop\'), { code: \'DRIFT\', remedy: \'Give it\' }); }, unused:');
    const { rig, server } = await start('alternating users', { source });
    expect(await failureOf(rig.rotate())).toMatch(/DRIFT: app_clone lacks the group shop\. Give it/);
    expect(server.passwords.has('app_clone')).toBe(false);
  });

  test('fail without makeAlike before anything changes, in a rotation and in the check before the first', async () => {
    const { rig, server } = await start('alternating users', { source: USERS.replace('makeAlike', 'somethingElse') });
    const before = new Map(server.passwords);
    expect(await failureOf(rig.rotate())).toMatch(/CONTRACT_MISMATCH.*makeAlike/);
    await rig.cancel();
    rig.secretsManager.enableRotation(rig.secretArn, { functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rotation' });
    const check = rig.secretsManager.beginRotationTest(rig.secretArn, 'empty');
    expect(await failureOf(rig.step('testSecret', check))).toMatch(/CONTRACT_MISMATCH.*makeAlike/);
    expect(server.passwords).toEqual(before);
  }, 20_000);

  test('fail when the function was not told the second one', async () => {
    const { rig } = await start('alternating users', { config: { alternateUsername: undefined } });
    expect(await failureOf(rig.rotate())).toMatch(/MISCONFIGURED.*second user/);
  });
});
