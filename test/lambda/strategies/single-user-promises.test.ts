import { createServer } from 'node:net';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { AWSPENDING, RECOVERY } from '../../../lambda/engine/labels';
import { Faults } from '../../../rehearsal/secrets-manager';
import { ExternalCalls } from '../../support/external-calls';
import { Login, MAJORS, TestPostgres } from '../../support/postgres';
import { PostgresRotation, PostgresRotationOptions } from '../../support/postgres-rotation';

const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, {});
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

const ACCESS_DENIED = { kind: 'error', name: 'AccessDeniedException', message: 'not authorized', status: 400 } as const;
let rotation: PostgresRotation;
const calls = new ExternalCalls();

async function start(options: PostgresRotationOptions = {}): Promise<void> {
  rotation = await PostgresRotation.start('single-user', postgres, options);
}

beforeEach(() => {
  calls.seen.length = 0;
  calls.fault = undefined;
  calls.observe = async () => undefined;
  calls.install();
});
afterEach(async () => {
  calls.uninstall();
  await rotation.stop();
});

const stored = (): Promise<string | null | undefined> => postgres.storedPassword(rotation.user.username);
const labels = (): Readonly<Record<string, string>> => rotation.rig.secretsManager.snapshot(rotation.rig.secretArn).labels;
const setPassword = (password: string): Promise<unknown> => postgres.superuser.query(
  `ALTER ROLE ${escapeIdentifier(rotation.user.username)} PASSWORD ${escapeLiteral(password)}`,
);
/** Runs `act` once, right before the n-th call of this kind. */
function before(what: string, nth: number, act: () => Promise<unknown>): void {
  let seen = 0;
  calls.observe = async (call) => {
    if (call.what.startsWith(what) && ++seen === nth) await act();
  };
}
const finish = (token: string): Promise<void> => calls.run(() => rotation.rig.step('finishSecret', token));

async function prepared(): Promise<string> {
  const token = rotation.rig.begin();
  for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) await rotation.rig.step(step, token);
  return token;
}

describe('put-back', () => {
  test('brings back the very verifier that the server had when the new password does not sign in, and gives that password up', async () => {
    await start();
    const token = await prepared();
    const verifier = await stored();
    before('sign-in', 2, () => setPassword('somebody else was faster'));
    await expect(finish(token)).rejects.toThrow(/VERIFICATION_FAILED/);
    expect(await stored()).toBe(verifier);
    expect(await rotation.currentSignsIn()).toBe('accepted');
    expect(labels()).toEqual({ AWSCURRENT: expect.any(String) });
    calls.observe = async () => undefined;
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('happens although the rotation was cancelled right after the change: AWSCURRENT must sign in', async () => {
    await start();
    const token = await prepared();
    const verifier = await stored();
    before('sign-in', 2, async () => {
      await setPassword('somebody else was faster');
      await rotation.rig.cancel();
    });
    await expect(finish(token)).rejects.toThrow(/VERIFICATION_FAILED/);
    expect(await stored()).toBe(verifier);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('follows a definite refusal of the promotion, and the retry completes the rotation', async () => {
    await start();
    const token = await prepared();
    const verifier = await stored();
    rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? ACCESS_DENIED : undefined);
    await expect(finish(token)).rejects.toThrow(/AccessDeniedException/);
    expect(await stored()).toBe(verifier);
    rotation.rig.fault = () => undefined;
    await rotation.rig.steps(token);
    expect(await rotation.versionsInForce()).toEqual([token]);
  });

  test('never follows a promotion whose outcome is unknown: the new password stays and the retry rolls forward', async () => {
    await start({ remainingMs: 4_000 });
    const token = await prepared();
    rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? Faults.lostAnswer : undefined);
    await expect(finish(token)).rejects.toThrow(/PROMOTION_UNCERTAIN/);
    expect(await rotation.versionsInForce()).toEqual([token]);
    rotation.rig.fault = () => undefined;
    await rotation.rig.steps(token);
    expect(labels().AWSCURRENT).toBe(token);
  });

  test('never follows a promotion that took effect although its answer was lost', async () => {
    await start();
    const token = await prepared();
    rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'after' ? ACCESS_DENIED : undefined);
    await finish(token);
    expect(await rotation.versionsInForce()).toEqual([token]);
    expect(labels().AWSCURRENT).toBe(token);
  });

  test('when the promotion takes effect after it all the same, the retry applies AWSCURRENT again', async () => {
    await start();
    const token = await prepared();
    rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? ACCESS_DENIED : undefined);
    await expect(finish(token)).rejects.toThrow();
    rotation.rig.fault = () => undefined;
    await rotation.rig.moveCurrent(token);
    expect(await rotation.currentSignsIn()).toBe('28P01');
    await rotation.rig.steps(token);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('a retry that applies AWSCURRENT again signs in as nobody but the configured user, whomever AWSPREVIOUS is for', async () => {
    await start();
    const token = await rotation.rig.rotate();
    const other = await postgres.createLogin();
    await rotation.rig.putValue(rotation.rig.secretArn, JSON.stringify(other));
    await rotation.rig.moveCurrent(token);
    await setPassword('changed by hand');
    await expect(rotation.rig.step('finishSecret', token)).rejects.toThrow(/SIGN_IN_REFUSED/);
    expect(await postgres.trySignIn(other)).toBe('accepted');
  });

  test('does not happen when AWSCURRENT was moved meanwhile', async () => {
    await start();
    await rotation.rig.rotate();
    const token = await prepared();
    before('sign-in', 2, async () => {
      await setPassword('somebody else was faster');
      await rotation.rig.rollBack();
    });
    await expect(finish(token)).rejects.toThrow(/ROTATION_SUPERSEDED/);
    expect(await postgres.trySignIn({ username: rotation.user.username, password: 'somebody else was faster' })).toBe('accepted');
  });
});

describe('recovery', () => {
  test.each(['keep', 'purge'] as const)('a rotation cancelled right after the change loses no password, though Secrets Manager may %s unlabelled versions', async (deprecatedVersions) => {
    await start({ deprecatedVersions });
    await rotation.rig.rotate();
    const cancelled = await prepared();
    calls.fault = killAfter('ALTER ROLE');
    await expect(finish(cancelled)).rejects.toThrow('killed');
    calls.fault = undefined;
    await rotation.rig.cancel();
    expect(await rotation.currentSignsIn()).toBe('28P01');
    const next = await rotation.rig.rotate();
    expect(rotation.rig.value(next)?.password).toBe((await rotation.versionsInForce()).length > 0 ? rotation.rig.labelled('AWSCURRENT')?.password : undefined);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('holds through any number of cancelled rotations, with one label and no refused value adopted', async () => {
    await start({ deprecatedVersions: 'purge' });
    const first = await prepared();
    calls.fault = killAfter('ALTER ROLE');
    await expect(finish(first)).rejects.toThrow('killed');
    calls.fault = undefined;
    for (let number = 0; number < 5; number++) {
      await rotation.rig.cancel();
      await rotation.rig.step('createSecret', rotation.rig.begin());
      expect(Object.keys(labels())).toHaveLength(3);
    }
    await rotation.rig.cancel();
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('a password that a rotation of another user left behind is not adopted', async () => {
    await start();
    await new SecretsManagerClient({}).send(new PutSecretValueCommand({
      SecretId: rotation.rig.secretArn,
      ClientRequestToken: rotation.rig.begin(),
      VersionStages: [AWSPENDING, RECOVERY],
      SecretString: JSON.stringify({ username: 'app_clone', password: 'of-the-other-user' }),
    }));
    await rotation.rig.cancel();
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
    expect(rotation.rig.labelled('AWSCURRENT')).toMatchObject({ username: rotation.user.username, password: expect.not.stringContaining('of-the-other-user') });
  });

  test('a database restored from an older state, with the password of AWSPREVIOUS, is taken along', async () => {
    await start();
    await rotation.rig.rotate();
    const { password } = rotation.rig.labelled('AWSCURRENT') as unknown as Login;
    await rotation.rig.rotate();
    await setPassword(password);
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('a server that is gone in mid-statement: the cut-over starts over and completes', async () => {
    await start();
    const token = await prepared();
    before('ALTER ROLE', 1, () => postgres.superuser.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [rotation.user.username]));
    await finish(token);
    expect(await rotation.versionsInForce()).toEqual([token]);
  });
});

describe('fencing', () => {
  test('two finishSecret at once end with one promotion and the password of AWSCURRENT in force', async () => {
    await start();
    const token = await prepared();
    const ends = await Promise.allSettled([finish(token), finish(token), finish(token)]);
    expect(ends.map(({ status }) => status)).toContain('fulfilled');
    expect(await rotation.versionsInForce()).toEqual([labels().AWSCURRENT]);
    await rotation.rig.steps(token);
  });

  test('a frozen invocation that wakes up after a newer rotation writes nothing, and its lock does not outlive it', async () => {
    await start({ remainingMs: 3_000 });
    const zombie = await prepared();
    let wake: () => void = () => undefined;
    before('ALTER ROLE', 1, () => new Promise<void>((resolve) => { wake = resolve; }));
    const frozen = finish(zombie).catch((error: Error) => error.message);
    await waitUntil(async () => calls.seen.some(({ what }) => what.startsWith('ALTER ROLE')));
    await rotation.rig.cancel();
    rotation.rig.remainingMs = 30_000;
    calls.observe = async () => undefined;
    await rotation.rig.rotate(); // adopts the password of the one that was cancelled
    const token = await rotation.rig.rotate();
    wake();
    expect(await frozen).toMatch(/SERVICE_UNREACHABLE|TOKEN_UNKNOWN|NOT_PENDING|ROTATION_SUPERSEDED/);
    expect(await rotation.versionsInForce()).toEqual([token]);
  });

  test('a step that lost AWSPENDING between its sign-in and the change writes nothing', async () => {
    await start();
    const token = await prepared();
    before('sign-in', 1, () => rotation.rig.cancel());
    await expect(finish(token)).rejects.toThrow(/ROTATION_DISABLED|TOKEN_UNKNOWN/);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });
});

describe('no deputy', () => {
  test('a host and port written into the secret by hand are not used, are logged, and are corrected by the next version', async () => {
    let connections = 0;
    const elsewhere = createServer(() => { connections++; });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as { readonly port: number };
    await start({ secretFields: { host: '127.0.0.1', port, team: 'blue' } });
    await rotation.rig.rotate();
    elsewhere.close();
    expect(connections).toBe(0);
    expect(rotation.rig.labelled('AWSCURRENT')).toMatchObject({ ...postgres.endpoint, team: 'blue', engine: 'postgres', dbname: 'postgres' });
    expect(rotation.rig.lines[0]?.notes).toEqual(expect.arrayContaining([expect.objectContaining({ level: 'WARN', detail: 'host, port' })]));
  });

  test('refuses a username that is not the configured one', async () => {
    await start({ secretFields: { username: 'bootstrap' } });
    await expect(rotation.rig.rotate()).rejects.toThrow(/USERNAME_NOT_CONFIGURED/);
  });
});

describe('fails with a clear error and changes nothing', () => {
  test('when the password was changed outside', async () => {
    await start();
    await setPassword('changed by hand');
    const verifier = await stored();
    await expect(rotation.rig.rotate()).rejects.toThrow(/SIGN_IN_REFUSED: the user was refused with the passwords of AWSCURRENT, AWSPENDING and AWSPREVIOUS/);
    expect(await stored()).toBe(verifier);
  });

  test('when the user does not exist', async () => {
    await start();
    await postgres.superuser.query(`DROP ROLE ${escapeIdentifier(rotation.user.username)}`);
    await expect(rotation.rig.rotate()).rejects.toThrow(/SIGN_IN_REFUSED/);
  });

  test('when finishSecret comes before createSecret', async () => {
    await start();
    await expect(rotation.rig.step('finishSecret', rotation.rig.begin())).rejects.toThrow(/STEP_OUT_OF_ORDER/);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test('when nothing listens at the endpoint', async () => {
    await start({ config: { port: 1 }, remainingMs: 3_000 });
    await expect(rotation.rig.rotate()).rejects.toThrow(/SERVICE_UNREACHABLE/);
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });
});

describe('preflight', () => {
  test.each(['empty', 'current'] as const)('is what testSecret does alone, on a version that is %s', async (holds) => {
    await start();
    const verifier = await stored();
    const token = rotation.rig.secretsManager.beginRotationTest(rotation.rig.secretArn, holds);
    await rotation.rig.step('testSecret', token);
    expect(rotation.rig.lines.at(-1)).toMatchObject({ step: 'testSecret', SignIns: expect.any(Number), SignInsRefused: 0 });
    expect(await stored()).toBe(verifier);
    rotation.rig.secretsManager.endRotationTest(rotation.rig.secretArn);
    await rotation.rig.rotate();
  });

  test('fails where the first rotation would', async () => {
    await start();
    await setPassword('changed by hand');
    const token = rotation.rig.secretsManager.beginRotationTest(rotation.rig.secretArn, 'empty');
    await expect(rotation.rig.step('testSecret', token)).rejects.toThrow(/PREFLIGHT_FAILED|SIGN_IN_REFUSED/);
  });

  test('is not mistaken for a rotation: testSecret within one signs in nowhere', async () => {
    await start();
    await prepared();
    expect(rotation.rig.lines.at(-1)).toMatchObject({ step: 'testSecret', SignIns: 0 });
  });
});

function killAfter(statement: string): { readonly index: number; readonly kind: 'killed after' } {
  return {
    kind: 'killed after',
    get index() { return calls.seen.findIndex(({ what }) => what.startsWith(statement)); },
  };
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

