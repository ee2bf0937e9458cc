import { escapeIdentifier, escapeLiteral } from 'pg';
import { MASTER, MAJORS, TestPostgres, uniqueName } from '../../support/postgres';
import { PostgresRotation, PostgresRotationOptions, StrategyKind } from '../../support/postgres-rotation';

const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, {});
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

let rotation: PostgresRotation;
afterEach(() => rotation.stop());

async function start(kind: StrategyKind, options: PostgresRotationOptions = {}): Promise<void> {
  rotation = await PostgresRotation.start(kind, postgres, options);
}

const superuserSecret = (value: object): Promise<void> => rotation.rig.putValue(rotation.superuserArn, JSON.stringify(value));

describe.each(['superuser', 'alternating-users'] as const)('%s', (kind) => {
  test('waits for a superuser secret that is being rotated at this very moment', async () => {
    await start(kind);
    await superuserSecret({ ...MASTER, password: 'not yet in force' });
    rotation.rig.fault = ({ action, moment, secretArn }) => {
      if (action === 'GetSecretValue' && moment === 'after' && secretArn === rotation.superuserArn) void superuserSecret(MASTER);
      return undefined;
    };
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
    expect(rotation.rig.lines.reduce((sum, line) => sum + Number(line.SignInsRefused ?? 0), 0)).toBe(1);
  });

  test('fails with SUPERUSER_REFUSED when the superuser\'s password is wrong for good, and changes nothing', async () => {
    await start(kind, { remainingMs: 6_000 });
    await superuserSecret({ ...MASTER, password: 'wrong-password-of-the-superuser' });
    await expect(rotation.rig.rotate()).rejects.toThrow(/SUPERUSER_REFUSED/);
    expect(rotation.rig.output).not.toContain('wrong-password-of-the-superuser');
    expect(Object.keys(rotation.rig.secretsManager.snapshot(rotation.rig.secretArn).labels)).not.toContain('AWSPREVIOUS');
  });

  test('fails with SUPERUSER_REFUSED when the superuser has expired', async () => {
    const expired = { username: uniqueName('expired'), password: 'expired-password' };
    await postgres.superuser.query(`CREATE ROLE ${escapeIdentifier(expired.username)} LOGIN CREATEROLE PASSWORD ${escapeLiteral(expired.password)} VALID UNTIL '2001-01-01'`);
    await start(kind, { remainingMs: 4_000 });
    await superuserSecret(expired);
    await expect(rotation.rig.rotate()).rejects.toThrow(/SUPERUSER_REFUSED/);
  });

  test('refuses the secret itself as the superuser\'s', async () => {
    await start(kind);
    const same = { superuserSecretArn: rotation.rig.secretArn };
    rotation.rig.configure(same);
    await expect(rotation.rig.rotate()).rejects.toThrow(/SUPERUSER_IS_THE_SECRET/);
  });

  test('refuses a superuser who is the user to rotate, whose own secret would not hear of the new password', async () => {
    await start(kind);
    await superuserSecret({ ...MASTER, username: rotation.user.username });
    await expect(rotation.rig.rotate()).rejects.toThrow(/SUPERUSER_IS_THE_SECRET: the superuser \S+ is a user whose password/);
    expect(rotation.rig.lines.reduce((sum, line) => sum + Number(line.SignIns ?? 0), 0)).toBe(0);
  });

  test('fails with a clear error when the superuser\'s secret is gone', async () => {
    await start(kind);
    rotation.rig.configure({ superuserSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:gone-AbCdEf' });
    await expect(rotation.rig.rotate()).rejects.toThrow(/SECRET_UNREADABLE: GetSecretValue on arn:\S+gone-AbCdEf/);
  });

  test.each([
    ['is not JSON', 'not json at all'], ['lacks a username', '{"password":"some-password"}'], ['lacks a password', '{"username":"app"}'],
  ])('fails with a clear error when the secret %s', async (_, secretString) => {
    await start(kind);
    await rotation.rig.putValue(rotation.rig.secretArn, secretString);
    await expect(rotation.rig.rotate()).rejects.toThrow(/SECRET_MALFORMED: version \S+ of arn/);
    expect(rotation.rig.output).not.toContain('some-password');
  });

  test('the preflight says so when it would succeed, and changes nothing', async () => {
    await start(kind);
    const token = rotation.rig.secretsManager.beginRotationTest(rotation.rig.secretArn, 'current');
    await rotation.rig.step('testSecret', token);
    expect(rotation.rig.lines.at(-1)).toMatchObject({ RotationFailed: 0, SignInsRefused: 0 });
  });

  test('a password that was changed outside is set again without asking', async () => {
    await start(kind);
    await rotation.rig.rotate();
    const { username } = rotation.rig.labelled('AWSCURRENT') as { readonly username: string };
    await postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(username)} PASSWORD 'changed by hand'`);
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });
});

describe('superuser', () => {
  test('creates the user that does not exist yet, with the roles that the construct names', async () => {
    const role = uniqueName('readers');
    const master = await postgres.connect(MASTER);
    await master.query(`CREATE ROLE ${escapeIdentifier(role)} NOLOGIN`);
    await master.end();
    await start('superuser', { config: { memberOf: [role] } });
    await postgres.superuser.query(`DROP ROLE ${escapeIdentifier(rotation.user.username)}`);
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
    const { rows } = await postgres.superuser.query('SELECT pg_has_role($1, $2, \'MEMBER\') AS member', [rotation.user.username, role]);
    expect(rows).toEqual([{ member: true }]);
  });

  test('brings the old password back after a definite refusal of the promotion', async () => {
    await start('superuser');
    await rotation.rig.rotate();
    const token = rotation.rig.begin();
    rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before'
      ? { kind: 'error', name: 'AccessDeniedException', message: 'not authorized', status: 400 } : undefined);
    await expect(rotation.rig.steps(token)).rejects.toThrow(/AccessDeniedException/);
    expect(await rotation.currentSignsIn()).toBe('accepted');
    rotation.rig.fault = () => undefined;
    await rotation.rig.steps(token);
    expect(await rotation.versionsInForce()).toEqual([token]);
  });
});
