import { multiCredentialStrategy } from '../../../lambda/multi-credential/strategy';
import { failureOf } from '../../support/access-key-rotation';
import { ListedUser } from '../../support/listed-user';
import { PASSWORD_POLICY, RotationRig } from '../../support/rotation-rig';

let rig: RotationRig;
let service: ListedUser;

async function start(pendingOnPromotion: 'strip' | 'keep' = 'strip'): Promise<void> {
  service = new ListedUser();
  rig = await RotationRig.start({
    config: { service: 'custom' as const, passwordPolicy: PASSWORD_POLICY },
    strategy: (config) => multiCredentialStrategy(() => service, config),
    secretString: '{"username":"app","password":"the-first-password","team":"blue"}',
    remainingMs: 2_000,
    pendingOnPromotion,
  });
}

afterEach(() => rig.stop());

const password = (label: string): unknown => rig.labelled(label)?.password;

describe.each(['strip', 'keep'] as const)('a rotation of chosen credentials (AWSPENDING on promotion: %s)', (pendingOnPromotion) => {
  beforeEach(() => start(pendingOnPromotion));

  test('stores first and applies second: the new password and the current one, and no other', async () => {
    await rig.rotate();
    await rig.rotate();
    expect(service.accepted).toEqual([password('AWSCURRENT'), password('AWSPREVIOUS')]);
    expect(service.lists.flat()).toContain('the-first-password');
    expect(service.accepted).not.toContain('the-first-password');
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ username: 'app', host: 'cache', team: 'blue' });
  });

  test('makes ten calls of Secrets Manager, no more', async () => {
    await rig.rotate();
    expect(rig.calls).toEqual([
      'GetSecretValue', 'DescribeSecret', 'PutSecretValue', 'GetSecretValue', 'GetSecretValue', 'DescribeSecret', 'GetSecretValue',
      'GetSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage',
    ]);
  });

  test('D1: each step twice leaves the current password and the one before accepted', async () => {
    const token = rig.begin();
    for (const step of ['createSecret', 'createSecret', 'setSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret'] as const) await rig.step(step, token);
    expect(service.accepted).toEqual([password('AWSCURRENT'), 'the-first-password']);
  });
});

describe('the place of a credential', () => {
  beforeEach(() => start());

  test('D4: is no criterion: the current one stays accepted after a roll-back by hand, too', async () => {
    await rig.rotate();
    await rig.rotate();
    await rig.rollBack();
    const current = password('AWSCURRENT');
    const token = rig.begin();
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) {
      await rig.step(step, token);
      expect(service.accepted).toContain(current);
    }
    await rig.step('finishSecret', token);
    expect(service.accepted).toEqual([password('AWSCURRENT'), current]);
  });
});

describe('what else happens to chosen credentials', () => {
  beforeEach(() => start());

  test('a password that the service definitely refuses is given up: the next token draws another', async () => {
    service.refusals = 1;
    const refused = rig.begin();
    expect(await failureOf(rig.steps(refused))).toMatch(/PASSWORD_REJECTED/);
    expect(await failureOf(rig.steps(refused))).toMatch(/TOKEN_UNKNOWN/);
    expect(service.accepted).toEqual(['the-first-password']);
    await rig.rotate();
    expect(password('AWSCURRENT')).not.toBe(rig.value(refused)?.password);
  });

  test('a value for somebody else is refused before anything is applied', async () => {
    await rig.putValue(rig.secretArn, '{"username":"admin","password":"the-first-password"}');
    const callsBefore = rig.calls.length;
    expect(await failureOf(rig.rotate())).toMatch(/USERNAME_NOT_CONFIGURED/);
    expect(service.lists).toEqual([]);
    expect(rig.calls.slice(callsBefore)).not.toContain('PutSecretValue');
  });

  test('a list that an overtaken invocation sends late is put right by the confirmation that follows', async () => {
    const token = rig.begin();
    await rig.steps(token);
    service.accepted = ['of-an-overtaken-invocation', 'the-first-password'];
    await rig.step('finishSecret', token);
    expect(service.accepted).toEqual([password('AWSCURRENT'), 'the-first-password']);
  });

  test('a cancelled invocation that goes on applies nothing', async () => {
    const cancelled = rig.begin();
    await rig.step('createSecret', cancelled);
    await rig.cancel();
    await rig.rotate();
    const { accepted } = service;
    expect(await failureOf(rig.step('setSecret', cancelled))).toMatch(/NOT_PENDING|TOKEN_UNKNOWN/);
    expect(service.accepted).toEqual(accepted);
  });

  test('a rotation that was cancelled after its password was accepted leaves nothing behind once the next one is through', async () => {
    const cancelled = rig.begin();
    await rig.step('createSecret', cancelled);
    await rig.step('setSecret', cancelled);
    await rig.cancel();
    await rig.rotate();
    expect(service.accepted).not.toContain(rig.value(cancelled)?.password);
    expect(service.accepted).toContain('the-first-password');
  });

  test('killed right after the list was applied, the retry completes with the same password', async () => {
    const token = rig.begin();
    await rig.step('createSecret', token);
    await rig.step('setSecret', token);
    await rig.steps(token);
    expect(password('AWSCURRENT')).toBe(rig.value(token)?.password);
    expect(service.accepted).toEqual([password('AWSCURRENT'), 'the-first-password']);
  });

  test('fails without a promotion when the new password does not work', async () => {
    const token = rig.begin();
    await rig.step('createSecret', token);
    expect(await failureOf(rig.step('finishSecret', token))).toMatch(/VERIFICATION_FAILED.*AWSCURRENT is untouched/);
    expect(password('AWSCURRENT')).toBe('the-first-password');
  });

  test('the preflight checks and changes nothing', async () => {
    const token = rig.secretsManager.beginRotationTest(rig.secretArn, 'current');
    await rig.step('testSecret', token);
    expect([service.checked, service.lists]).toEqual([1, []]);
  });

  test('the step between two rotations has nothing to deactivate', async () => {
    await expect(rig.retire()).rejects.toThrow(/MISCONFIGURED.*deactivateAfter/);
  });
});
