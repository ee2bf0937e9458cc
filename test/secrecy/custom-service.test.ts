import { Evidence, reportExtent } from './evidence';
import { CustomKeysRotation, PASSWORDS } from '../support/custom-keys-rig';
import { CustomUsersRotation, StrategyName, USERS } from '../support/custom-users-rig';
import { PASSWORD_POLICY } from '../support/rotation-rig';

/** Of every kind of character: a password without quotes looks the same in JSON. */
const LONG = { ...PASSWORD_POLICY, length: 256 };
const STRATEGIES: readonly StrategyName[] = ['single user', 'superuser', 'alternating users'];
const searched: Evidence[] = [];
afterAll(() => reportExtent('Services of one\'s own', searched));

/** How an author's code, or a library that it uses, gets a password into a message; an expression in `password`. */
const QUOTED: Readonly<Record<string, string>> = {
  'as it is': '\'not \' + password',
  'in JSON': 'JSON.stringify({ login: { password } })',
  'in JSON within JSON': 'JSON.stringify({ body: JSON.stringify({ password }) })',
  'in an address': '\'https://shelf.example.com/?password=\' + encodeURIComponent(password)',
  'in a form': 'new URLSearchParams({ password }).toString()',
  'in a header of basic authentication': '\'Basic \' + Buffer.from(\'app:\' + password).toString(\'base64\')',
  'in base64 for addresses': 'Buffer.from(password).toString(\'base64url\')',
  'in hex': 'Buffer.from(password).toString(\'hex\')',
  'in bytes, as a buffer is printed': 'Buffer.from(password).toString(\'hex\').replace(/../g, \'$& \')',
  'as SQL': '\'ALTER USER app PASSWORD \\\'\' + password.replaceAll(\'\\\'\', \'\\\'\\\'\') + \'\\\'\'',
  'as XML': '\'<password>\' + password.replaceAll(\'&\', \'&amp;\').replaceAll(\'<\', \'&lt;\').replaceAll(\'>\', \'&gt;\') + \'</password>\'',
  'as a printed object': 'require(\'node:util\').inspect({ password })',
};
const CODES = ['PERMISSION_DENIED', 'none of ours'] as const;

/** A password whose change fails with all there is in the message, in the remedy, in the cause, and in members of its own. */
function failing(quoted: string, code: string): string {
  return `async ({ password }) => {
    const said = ${quoted};
    throw Object.assign(new Error(said, { cause: new TypeError(said) }), { code: '${code}', remedy: said, request: { body: said, password } });
  }, unused: (`;
}

describe.each(STRATEGIES)('a user of a service of one\'s own (%s): no password is told when the service', (strategy) => {
  let rotation: CustomUsersRotation;
  let evidence: Evidence;
  afterEach(async () => {
    evidence.stop();
    await rotation.stop();
  });
  const start = async (source: string): Promise<void> => {
    evidence = new Evidence();
    evidence.listen();
    rotation = await CustomUsersRotation.start(strategy, { source, remainingMs: 1_000, config: { passwordPolicy: LONG } });
  };
  const expectNothingTold = (): void => {
    evidence.stop();
    evidence.addRig(rotation.rig, ['password'], [rotation.rig.secretArn, rotation.superuserSecretArn]);
    searched.push(evidence);
    expect(evidence.leaks()).toEqual([]);
  };

  test('does what it is told', async () => {
    await start(USERS);
    for (let time = 1; time <= 2; time++) expect(await evidence.attempt(() => rotation.rig.rotate())).toBe(false);
    expectNothingTold();
  });

  describe.each(CODES)('fails with the code %s and repeats the password', (code) => {
    test.each(Object.entries(QUOTED))('%s', async (_how, quoted) => {
      await start(USERS.replace('setPassword: (', `setPassword: ${failing(quoted, code)}`));
      expect(await evidence.attempt(() => rotation.rig.rotate())).toBe(true);
      expectNothingTold();
      expect(evidence.textOf('the function\'s log')).toMatch(/"level":"ERROR"/);
    });
  });
});

describe('a service of one\'s own that is told the passwords: none is told when it', () => {
  let rotation: CustomKeysRotation;
  let evidence: Evidence;
  afterEach(async () => {
    evidence.stop();
    await rotation.stop();
  });
  const start = async (source: string): Promise<void> => {
    evidence = new Evidence();
    evidence.listen();
    rotation = await CustomKeysRotation.start(source);
    rotation.rig.remainingMs = 1_000;
    rotation.rig.configure({ passwordPolicy: LONG });
  };
  const expectNothingTold = (): void => {
    evidence.stop();
    evidence.addRig(rotation.rig, ['password', 'token'], [rotation.rig.secretArn, rotation.superuserSecretArn]);
    searched.push(evidence);
    expect(evidence.leaks()).toEqual([]);
  };

  test.each(Object.entries(QUOTED))('fails to verify one and repeats it %s', async (_how, quoted) => {
    await start(PASSWORDS.replace('verify: (', `verify: ${failing(quoted, 'PERMISSION_DENIED')}`));
    expect(await evidence.attempt(() => rotation.rig.rotate())).toBe(true);
    expectNothingTold();
  });

  test.each(Object.entries(QUOTED))('notes one %s', async (_how, quoted) => {
    await start(PASSWORDS.replace('verify: ({ password }) =>', `verify: ({ password }) => context.note(${quoted}) ||`));
    expect(await evidence.attempt(() => rotation.rig.rotate())).toBe(false);
    expectNothingTold();
  });
});
