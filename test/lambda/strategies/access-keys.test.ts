import { Faults } from '../../../rehearsal/secrets-manager';
import { AccessKeyRotation, AccessKeyRotationOptions, failureOf } from '../../support/access-key-rotation';

let rotation: AccessKeyRotation;
const start = async (options?: AccessKeyRotationOptions): Promise<AccessKeyRotation> => rotation = await AccessKeyRotation.start(options);
afterEach(() => rotation.stop());

/** The first CreateAccessKey of the rotation takes effect, and its answer is lost. */
function loseFirstKey(): AccessKeyRotationOptions {
  let lost = false;
  return {
    iam: {
      fault: ({ action, moment }) => {
        if (lost || action !== 'CreateAccessKey' || moment !== 'after') return undefined;
        lost = true;
        return Faults.lostAnswer;
      },
    },
  };
}

describe.each(['strip', 'keep'] as const)('a rotation of access keys (AWSPENDING on promotion: %s)', (pendingOnPromotion) => {
  test('issues the first key, then keeps two: the current one and the one before', async () => {
    await start({ pendingOnPromotion });
    await rotation.rig.rotate();
    expect(rotation.ids()).toEqual([rotation.labelledId('AWSCURRENT')]);
    await rotation.rotateLater();
    await rotation.rotateLater();
    expect(rotation.ids().sort()).toEqual([rotation.labelledId('AWSCURRENT'), rotation.labelledId('AWSPREVIOUS')].sort());
    expect([rotation.works('AWSCURRENT'), rotation.works('AWSPREVIOUS')]).toEqual([true, true]);
  });

  test('leaves no label but its recovery label, and says nothing secret', async () => {
    await start({ pendingOnPromotion });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    expect(rotation.labels().filter((label) => label !== 'AWSPENDING')).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'cdk-secret-rotation/recovery']);
    expect(rotation.leaked()).toBe(0);
  });

  test('makes at most 11 calls of Secrets Manager and 6 of IAM on the normal path', async () => {
    await start({ pendingOnPromotion });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    const [before, iamBefore] = [rotation.rig.calls.length, rotation.calls().length];
    await rotation.rotateLater();
    expect(rotation.rig.calls.slice(before)).toEqual([
      'GetSecretValue', 'DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage', 'DescribeSecret', 'PutSecretValue', 'UpdateSecretVersionStage',
      'GetSecretValue',
      'GetSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage',
    ]);
    expect(rotation.calls().slice(iamBefore)).toEqual([
      'ListAccessKeys', 'GetAccessKeyLastUsed', 'UpdateAccessKey', 'DeleteAccessKey', 'CreateAccessKey', 'ListAccessKeys',
    ]);
  });
});

describe('the crash points of issued credentials', () => {
  test('M1: a key whose answer was lost is found by the intent and removed, that one alone; the retry completes', async () => {
    await start(loseFirstKey());
    const token = rotation.rig.begin();
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/ISSUE_UNCERTAIN/);
    const [orphan] = rotation.ids();
    await rotation.rig.stepsWithRetries(token);
    expect(rotation.ids()).toEqual([rotation.labelledId('AWSCURRENT')]);
    expect(rotation.ids()).not.toContain(orphan);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('M1: of two invocations at once one key is stored and the other removed', async () => {
    await start();
    const token = rotation.rig.begin();
    await Promise.allSettled([rotation.rig.step('createSecret', token), rotation.rig.step('createSecret', token)]);
    await rotation.rig.stepsWithRetries(token);
    expect(rotation.ids()).toEqual([rotation.labelledId('AWSCURRENT')]);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('M2: fails while the key before is in use, says by what, and goes on once it was not used for the grace', async () => {
    await start({ config: { graceSeconds: 3_600 } });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    const before = rotation.ids();
    expect(rotation.works('AWSPREVIOUS')).toBe(true);
    const token = rotation.rig.begin();
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/CREDENTIAL_IN_USE.*AKIA\w{16}.*0 minutes ago \(s3 in us-east-1\)/);
    expect(rotation.ids()).toEqual(before);
    rotation.passTime(3_600_000);
    await rotation.rig.steps(token);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('M2: retires a key that is still in use when the current one is older than maxWait', async () => {
    await start({ config: { maxWaitSeconds: 0 } });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    expect(rotation.works('AWSPREVIOUS')).toBe(true);
    const previous = rotation.labelledId('AWSPREVIOUS');
    await rotation.rig.rotate();
    expect(rotation.ids()).not.toContain(previous);
  });

  test('M3: fails at a key that a human made, names it, and touches nothing', async () => {
    await start();
    await rotation.rig.rotate();
    const human = rotation.iam.createAccessKey(rotation.userName);
    rotation.passTime();
    expect(await failureOf(rotation.rig.rotate())).toMatch(new RegExp(`FOREIGN_CREDENTIAL.*${human.accessKeyId}`));
    expect(rotation.ids()).toContain(human.accessKeyId);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('M4: waits until a fresh key works three times in a row before it promotes', async () => {
    await start({ iam: { propagationMs: 400 } });
    await rotation.rig.rotate();
    expect(rotation.works('AWSCURRENT')).toBe(true);
    expect(rotation.calls('sts').length).toBeGreaterThan(3);
  });

  test('M4: begins to count anew when a server of IAM\'s does not know the key after another did', async () => {
    let asked = 0;
    const unknown = { kind: 'error', name: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.', status: 403 } as const;
    await start({ iam: { fault: ({ action, moment }) => action === 'GetCallerIdentity' && moment === 'before' && ++asked === 2 ? unknown : undefined } });
    await rotation.rig.rotate();
    expect(rotation.calls('sts')).toHaveLength(5);
  });

  test('M4: fails without a promotion when a fresh key does not work in time, and the retry goes on with the same key', async () => {
    await start({ iam: { propagationMs: 4_000 }, remainingMs: 1_200 });
    const token = rotation.rig.begin();
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/VERIFICATION_FAILED/);
    const made = rotation.ids();
    expect(made).toHaveLength(1);
    rotation.rig.remainingMs = 8_000;
    await rotation.rig.steps(token);
    expect(rotation.labelledId('AWSCURRENT')).toBe(made[0]);
  });

  test('M5: killed after the promotion nothing leaks: the next rotation retires the key before', async () => {
    await start();
    await rotation.rig.rotate();
    rotation.passTime();
    const token = rotation.rig.begin();
    rotation.rig.fault = ({ action, moment }) => action === 'UpdateSecretVersionStage' && moment === 'after' && rotation.works('AWSCURRENT')
      && rotation.rig.secretsManager.snapshot(rotation.rig.secretArn).labels.AWSCURRENT === token ? Faults.lostAnswer : undefined;
    await rotation.rig.steps(token).catch(() => undefined);
    rotation.rig.fault = () => undefined;
    await rotation.rig.steps(token);
    await rotation.rotateLater();
    expect(rotation.ids().sort()).toEqual([rotation.labelledId('AWSCURRENT'), rotation.labelledId('AWSPREVIOUS')].sort());
  });

  test('M6: the key before works until the next rotation begins', async () => {
    await start();
    await rotation.rig.rotate();
    const held = rotation.labelledId('AWSCURRENT');
    await rotation.rotateLater();
    expect(rotation.labelledId('AWSPREVIOUS')).toBe(held);
    expect(rotation.works('AWSPREVIOUS')).toBe(true);
  });

  test('M6: with deactivateAfter it is deactivated in between, once: whoever activates it again is not overruled', async () => {
    await start({ config: { deactivateAfterSeconds: 0 } });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    const previous = String(rotation.labelledId('AWSPREVIOUS'));
    await rotation.rig.retire();
    expect(rotation.keys().map(({ accessKeyId, status }) => [accessKeyId, status])).toContainEqual([previous, 'Inactive']);
    expect(rotation.works('AWSCURRENT')).toBe(true);
    rotation.iam.setStatus(previous, 'Active');
    await rotation.rig.retire();
    expect(rotation.works('AWSPREVIOUS')).toBe(true);
    await rotation.rotateLater();
    expect(rotation.ids()).not.toContain(previous);
    await rotation.rig.retire();
    expect(rotation.works('AWSPREVIOUS')).toBe(false);
  });

  test('M6: the step between changes nothing before its time, during a rotation, or after a roll-back by hand', async () => {
    await start({ config: { deactivateAfterSeconds: 3_600 } });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    await rotation.rig.retire();
    rotation.rig.configure({ deactivateAfterSeconds: 0 });
    const token = rotation.rig.begin();
    await rotation.rig.retire();
    await rotation.rig.cancel();
    await rotation.rig.rollBack();
    await rotation.rig.retire();
    expect(token).not.toBe('');
    expect(rotation.keys().map(({ status }) => status)).toEqual(['Active', 'Active']);
  });
});

describe('what else happens to access keys', () => {
  test('an operator\'s key made during a stuck rotation is not taken for an orphan', async () => {
    await start(loseFirstKey());
    const token = rotation.rig.begin();
    await rotation.rig.steps(token).catch(() => undefined);
    const operator = rotation.iam.createAccessKey(rotation.userName);
    expect(rotation.iam.use(operator.accessKeyId, operator.secretAccessKey, 's3')).toBe('accepted');
    expect(await failureOf(rotation.rig.stepsWithRetries(token))).toMatch(/FOREIGN_CREDENTIAL|CREDENTIAL_MISSING/);
    expect(rotation.ids()).toContain(operator.accessKeyId);
  });

  test('a key that a human made and never used is not ours when it was made outside the window', async () => {
    await start(loseFirstKey());
    const token = rotation.rig.begin();
    await rotation.rig.steps(token).catch(() => undefined);
    rotation.passTime(60_000); // the orphan is a minute old, and out of the window of its intent
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/FOREIGN_CREDENTIAL/);
    expect(rotation.ids()).toHaveLength(1);
  });

  test('an orphan of a cancelled token is found a week later, by the next one', async () => {
    const { iam } = loseFirstKey();
    await start({ iam: { ...iam, now: () => new Date(Date.now()) } });
    await rotation.rig.steps(rotation.rig.begin()).catch(() => undefined);
    const [orphan] = rotation.ids();
    await rotation.rig.cancel();
    const today = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => today() + 7 * 86_400_000);
    await rotation.rig.rotate();
    clock.mockRestore();
    expect(rotation.ids()).toEqual([rotation.labelledId('AWSCURRENT')]);
    expect(rotation.ids()).not.toContain(orphan);
    expect(rotation.intents()).toEqual([]);
  });

  test('an orphan that IAM does not list yet is not forgotten: it is found once it is listed', async () => {
    const { iam } = loseFirstKey();
    await start({ iam: { ...iam, listingMs: 2_500 }, remainingMs: 1_200 });
    const token = rotation.rig.begin();
    await rotation.rig.steps(token).catch(() => undefined);
    const [orphan] = rotation.ids();
    rotation.rig.remainingMs = 9_000;
    await rotation.rig.stepsWithRetries(token, 4);
    expect(rotation.works('AWSCURRENT')).toBe(true);
    await rotation.rig.stepsWithRetries(rotation.rig.begin(), 4);
    expect(rotation.ids()).not.toContain(orphan);
  });

  test('the SDK does not repeat CreateAccessKey: one lost answer is one key', async () => {
    await start(loseFirstKey());
    await rotation.rig.steps(rotation.rig.begin()).catch(() => undefined);
    expect(rotation.calls().filter((action) => action === 'CreateAccessKey')).toHaveLength(1);
    expect(rotation.ids()).toHaveLength(1);
  });

  test('a request that arrives twice makes two keys: the one that nobody holds goes at the next rotation', async () => {
    let fault: typeof Faults.duplicate | undefined = Faults.duplicate;
    await start({ iam: { fault: ({ action, moment }) => action === 'CreateAccessKey' && moment === 'before' ? fault : undefined } });
    await rotation.rig.rotate();
    fault = undefined;
    expect(rotation.ids()).toHaveLength(2);
    const held = rotation.labelledId('AWSCURRENT');
    await rotation.rig.stepsWithRetries(rotation.rig.begin());
    expect(rotation.works('AWSCURRENT')).toBe(true);
    expect(rotation.labelledId('AWSPREVIOUS')).toBe(held);
    expect(rotation.ids()).toContain(held);
  });

  test('a key that could not be stored is removed by its id before the step fails', async () => {
    await start();
    rotation.rig.fault = ({ action, moment }) => action === 'PutSecretValue' && moment === 'before'
      ? { kind: 'error', name: 'AccessDeniedException', message: 'not allowed', status: 400 } : undefined;
    expect(await failureOf(rotation.rig.rotate())).toMatch(/PutSecretValue/);
    expect(rotation.ids()).toEqual([]);
    expect(rotation.intents()).toEqual([]);
  });

  test('the credential of a cancelled rotation is adopted, not lost', async () => {
    await start();
    const token = rotation.rig.begin();
    await rotation.rig.step('createSecret', token);
    const made = rotation.idOf(token);
    await rotation.rig.cancel();
    await rotation.rig.rotate();
    expect(rotation.labelledId('AWSCURRENT')).toBe(made);
    expect(rotation.ids()).toEqual([made]);
  });

  test('the credential of a cancelled rotation that somebody deleted is not adopted', async () => {
    await start();
    const token = rotation.rig.begin();
    await rotation.rig.step('createSecret', token);
    rotation.iam.deleteAccessKey(String(rotation.idOf(token)));
    await rotation.rig.cancel();
    await rotation.rig.rotate();
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('after AWSCURRENT was moved back by hand, the newer key is kept while it is in use, whatever maxWait says', async () => {
    await start({ config: { maxWaitSeconds: 0 } });
    await rotation.rig.rotate();
    await rotation.rotateLater();
    await rotation.rig.rollBack();
    expect(rotation.works('AWSPREVIOUS')).toBe(true);
    expect(await failureOf(rotation.rig.rotate())).toMatch(/CREDENTIAL_IN_USE/);
    expect([rotation.works('AWSCURRENT'), rotation.works('AWSPREVIOUS')]).toEqual([true, true]);
  });

  test('AWSCURRENT moved by hand right before a key would be retired: nothing is retired, for that key is current now', async () => {
    await start();
    await rotation.rig.rotate();
    await rotation.rotateLater();
    rotation.passTime();
    const before = rotation.ids();
    const token = rotation.rig.begin();
    rotation.rig.fault = ({ action, moment }) => {
      if (action !== 'UpdateSecretVersionStage' || moment !== 'after') return undefined;
      rotation.rig.fault = () => undefined;
      void rotation.rig.rollBack();
      return { kind: 'delay', milliseconds: 200 };
    };
    expect(await failureOf(rotation.rig.steps(token))).toMatch(/ROTATION_SUPERSEDED/);
    expect(rotation.ids()).toEqual(before);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('the credential of a cancelled rotation that the service refuses is not adopted: it makes room for another', async () => {
    await start({ iam: { propagationMs: 3_600_000 } });
    const token = rotation.rig.begin();
    await rotation.rig.step('createSecret', token);
    const refused = rotation.idOf(token);
    await rotation.rig.cancel();
    const next = rotation.rig.begin();
    await rotation.rig.step('createSecret', next);
    expect(rotation.idOf(next)).not.toBe(refused);
    expect(rotation.ids()).toContain(rotation.idOf(next));
  });

  test('after the current key was deleted by hand the next rotation makes another, and the one before is retired a rotation later', async () => {
    await start();
    await rotation.rig.rotate();
    await rotation.rotateLater();
    const kept = String(rotation.labelledId('AWSPREVIOUS'));
    rotation.iam.deleteAccessKey(String(rotation.labelledId('AWSCURRENT')));
    await rotation.rotateLater();
    expect(rotation.works('AWSCURRENT')).toBe(true);
    expect(rotation.ids()).toContain(kept);
    await rotation.rotateLater();
    expect(rotation.ids()).not.toContain(kept);
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('an emptied secret fails while both slots are taken, and names the way back', async () => {
    await start();
    await rotation.rig.rotate();
    await rotation.rotateLater();
    await rotation.rig.putValue(rotation.rig.secretArn, '{}');
    const before = rotation.ids();
    expect(await failureOf(rotation.rotateLater())).toMatch(/CREDENTIAL_MISSING.*AWSPREVIOUS/);
    expect(rotation.ids()).toEqual(before);
  });

  test('a deactivated current key fails the rotation: its clients are refused, and nobody but a human knows why', async () => {
    await start();
    await rotation.rig.rotate();
    rotation.iam.setStatus(String(rotation.labelledId('AWSCURRENT')), 'Inactive');
    expect(await failureOf(rotation.rotateLater())).toMatch(/CREDENTIAL_INACTIVE/);
    expect(rotation.ids()).toHaveLength(1);
  });

  test('a key that is deleted before it was stored is given up: the next rotation begins anew', async () => {
    await start({ remainingMs: 12_000 });
    rotation.rig.fault = ({ action, moment }) => {
      if (action === 'PutSecretValue' && moment === 'before') rotation.ids().forEach((id) => rotation.iam.deleteAccessKey(id));
      return undefined;
    };
    expect(await failureOf(rotation.rig.rotate())).toMatch(/CREDENTIAL_VANISHED/);
    rotation.rig.fault = () => undefined;
    await rotation.rig.rotate();
    expect(rotation.works('AWSCURRENT')).toBe(true);
  });

  test('a user that does not exist is said by name', async () => {
    await start({ config: { userName: 'nobody' } });
    expect(await failureOf(rotation.rig.rotate())).toMatch(/USER_MISSING.*nobody/);
  });

  test('the preflight accepts a key that works and changes nothing', async () => {
    await start();
    await rotation.rig.rotate();
    const before = [rotation.ids(), rotation.labels()];
    const token = rotation.rig.secretsManager.beginRotationTest(rotation.rig.secretArn, 'current');
    await rotation.rig.step('testSecret', token);
    rotation.rig.secretsManager.endRotationTest(rotation.rig.secretArn);
    expect([rotation.ids(), rotation.labels()]).toEqual(before);
  });

  test('the preflight fails when the secret names no key that exists', async () => {
    await start();
    const token = rotation.rig.secretsManager.beginRotationTest(rotation.rig.secretArn, 'current');
    expect(await failureOf(rotation.rig.step('testSecret', token))).toMatch(/PREFLIGHT_FAILED/);
  });
});
