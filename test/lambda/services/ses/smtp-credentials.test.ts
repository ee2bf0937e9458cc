import { configFor, REGION, smtpCredentials, startSmtp, stopServers } from './ses-rig';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { SmtpCredentials } from '../../../../lambda/services/ses/smtp-credentials';
import { smtpPassword } from '../../../../lambda/services/ses/smtp-password';
import { QueryFaults } from '../../../../rehearsal/access-keys';
import { SmtpFaults } from '../../../../rehearsal/smtp';
import { everythingSaid, failing, rejection, startIam, stopAll, testInvocation, USER_ARN } from '../iam/iam-rig';

afterEach(() => Promise.all([stopServers(), stopAll()]));

describe('SMTP credentials', () => {
  test('hold a key\'s id and a password derived from it for one Region; the secret key is nowhere', async () => {
    const iam = await startIam();
    const smtp = await startSmtp(iam);
    const { id, fields } = await smtpCredentials(smtp).issue();
    const [key] = iam.keys('mailer');
    expect(fields).toEqual({ username: key?.accessKeyId, password: expect.stringMatching(/^B[A-Za-z0-9+/]{43}$/) });
    expect(id).toBe(key?.accessKeyId);
    expect(iam.use(id, (secret) => smtpPassword(secret, REGION) === fields.password && !everythingSaid([fields]).includes(secret), 'ses')).toBe('accepted');
  });

  test('tell clients where to send', async () => {
    expect(new SmtpCredentials(configFor(587), testInvocation())).toMatchObject({ family: 'issued', slots: 2, facts: { host: 'localhost', port: 587 } });
  });

  test.each([
    [{ username: 'AKIA1', password: 'x' }, 'AKIA1'], [{ username: '' }, undefined], [{ username: 1 }, undefined], [{ accessKeyId: 'AKIA1' }, undefined], [{}, undefined],
  ])('%j are those of the key %s', (fields, id) => {
    expect(new SmtpCredentials(configFor(587), testInvocation()).idOf(fields)).toBe(id);
  });

  test('are verified by a sign-in at the endpoint, and nothing is sent', async () => {
    const iam = await startIam();
    const running = await startSmtp(iam);
    const invocation = testInvocation();
    const credentials = smtpCredentials(running, invocation);
    const { id, fields } = await credentials.issue();
    await credentials.verify(fields);
    expect(running.smtp.signIns).toMatchObject([{ accessKeyId: id, outcome: 235 }]);
    expect(running.smtp.messages).toEqual([]);
    expect(iam.calls.map(({ action }) => action)).toEqual(['CreateAccessKey']);
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 0 });
  });

  test('are used, listed, deactivated and retired as the access key that they are', async () => {
    const iam = await startIam();
    const credentials = smtpCredentials(await startSmtp(iam));
    const { id, fields } = await credentials.issue();
    expect(await credentials.lastUsed(id)).toBeUndefined();
    await credentials.verify(fields);
    expect(await credentials.lastUsed(id)).toEqual({ at: expect.any(Date), by: `ses in ${REGION}` });
    expect(await credentials.list()).toEqual([{ id, createdAt: expect.any(Date), active: true }]);
    await credentials.deactivate(id);
    expect(await credentials.list()).toMatchObject([{ id, active: false }]);
    await credentials.retire(id);
    expect(await credentials.list()).toEqual([]);
  });

  test('fail to be issued with the error of the access key', async () => {
    const iam = await startIam(failing('CreateAccessKey', QueryFaults.lostAnswer, 1, 'after'));
    const running = await startSmtp(iam);
    expect(await rejection(smtpCredentials(running).issue())).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    expect(iam.calls).toHaveLength(1);
    iam.createAccessKey('mailer');
    expect(await rejection(smtpCredentials(running).issue())).toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  test('fail to be issued without the permission, by the user\'s ARN', async () => {
    const iam = await startIam({ authorize: () => ({ allowed: false, reason: 'an explicit deny' }) });
    const error = await rejection(smtpCredentials(await startSmtp(iam)).issue());
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', remedy: expect.stringContaining(`iam:CreateAccessKey on ${USER_ARN}`) });
  });
});

describe('a verification', () => {
  test('is refused for a fresh key until the endpoint knows it', async () => {
    const iam = await startIam({ propagationMs: 60_000 });
    const invocation = testInvocation();
    const credentials = smtpCredentials(await startSmtp(iam), invocation);
    const { id, fields } = await credentials.issue();
    const error = await rejection(credentials.verify(fields));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error).toMatchObject({ username: id, reason: expect.stringContaining(`the access key ${id} (535)`) });
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 1 });
    iam.age(61_000);
    await credentials.verify(fields);
    expect(invocation.measurements).toMatchObject({ signIns: 2, signInsRefused: 1 });
  });

  test('is refused for a key that was deactivated', async () => {
    const iam = await startIam();
    const credentials = smtpCredentials(await startSmtp(iam));
    const { id, fields } = await credentials.issue();
    iam.setStatus(id, 'Inactive');
    expect(await rejection(credentials.verify(fields))).toBeInstanceOf(SignInRefused);
  });

  test('is refused for a password of another Region, and says which', async () => {
    const iam = await startIam();
    const running = await startSmtp(iam);
    const { fields } = await smtpCredentials(running, testInvocation(), { sesRegion: 'us-east-1' }).issue();
    const error = await rejection(smtpCredentials(running).verify(fields));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error.remedy).toContain('`sesRegion`');
  });

  test.each([
    ['421 at the greeting', 'connect', SmtpFaults.tooManyConnections, 'SERVICE_BUSY', '421'],
    ['451', 'beforeAuth', SmtpFaults.temporaryFailure, 'SERVICE_BUSY', '451'],
    ['454', 'beforeAuth', SmtpFaults.temporaryAuthenticationFailure, 'SERVICE_BUSY', '454'],
    ['504', 'beforeAuth', { kind: 'reply', code: 504, message: 'Unrecognized authentication type' }, 'SERVICE_UNREACHABLE', '504'],
    ['a lost answer', 'afterAuth', SmtpFaults.lostAnswer, 'SERVICE_UNREACHABLE', 'ECONN'],
    ['no answer', 'afterAuth', SmtpFaults.hang, 'SERVICE_UNREACHABLE', 'ETIMEDOUT'],
  ] as const)('fails without a verdict, after one attempt: %s', async (_, moment, fault, code, detail) => {
    const iam = await startIam();
    const running = await startSmtp(iam, { fault: (point) => (point.moment === moment ? fault : undefined) });
    const invocation = testInvocation(1_200);
    const credentials = smtpCredentials(running, invocation);
    const { fields } = await credentials.issue();
    const error = await rejection(credentials.verify(fields));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code, reason: expect.stringContaining(`localhost:${running.portOf(false)}`) });
    expect(error.reason).toContain(detail);
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 0 });
  });

  test('fails without a verdict where the endpoint is not reached, and says how to reach it', async () => {
    const error = await rejection(new SmtpCredentials(configFor(1), testInvocation()).verify({ username: 'AKIA1', password: 'x' }));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('localhost:1 gave no verdict (ECONNREFUSED)') });
    expect(error.remedy).toContain('reaches port 1');
    expect(error.remedy).toContain('com.amazonaws.<Region>.email-smtp');
  });

  test.each([[{}], [{ username: 'AKIA1' }], [{ username: 'AKIA1', password: 1 }]])('fails for a version that holds no credentials: %j', async (fields) => {
    expect(await rejection(new SmtpCredentials(configFor(587), testInvocation()).verify(fields))).toMatchObject({ code: 'SECRET_MALFORMED', remedy: expect.stringContaining('`password`') });
  });
});

test('no password and no secret key is in an error, a log line or a printed object, whatever the endpoint says', async () => {
  const told: unknown[] = [];
  const passwords: string[] = [];
  const iam = await startIam();
  for (const fault of [undefined, SmtpFaults.temporaryAuthenticationFailure, SmtpFaults.hang, SmtpFaults.lostAnswer]) {
    const invocation = testInvocation(1_200);
    const credentials = smtpCredentials(await startSmtp(iam, { fault: ({ moment }) => (moment === 'afterAuth' ? fault : undefined) }), invocation);
    const { id, fields } = await credentials.issue();
    passwords.push(String(fields.password));
    for (const attempt of [fields, { ...fields, password: `${String(fields.password)}wrong` }]) {
      told.push(await credentials.verify(attempt).catch((error: unknown) => error));
    }
    told.push(invocation, credentials);
    await credentials.retire(id);
  }
  expect(told.filter((thing) => thing instanceof Error).length).toBeGreaterThan(5);
  for (const password of passwords) expect(everythingSaid(told).includes(password)).toBe(false);
});
