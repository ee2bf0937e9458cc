import { accessKeys, CONFIG, errorAnswer, failing, rejection, startCanned, startIam, stopAll, testInvocation, USER_ARN, useEndpoint } from './iam-rig';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { LocalIam, QueryFaults } from '../../../../rehearsal/access-keys';

afterEach(stopAll);

const identity = (arn: string): { body: string } => ({
  body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
});
const FIELDS = { accessKeyId: 'AKIA1', secretAccessKey: 'not so secret' };

describe('a key is verified', () => {
  test('by one call to STS, signed with the key itself', async () => {
    const iam = await startIam();
    const invocation = testInvocation();
    const { id, fields } = await accessKeys().issue();
    await accessKeys(invocation).verify(fields);
    expect(iam.calls.filter(({ service }) => service === 'sts')).toMatchObject([{ action: 'GetCallerIdentity', accessKeyId: id, outcome: 'ok' }]);
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 0, retries: 0 });
  });

  test('for exactly the user that the construct names, path included', async () => {
    await startIam();
    const { fields } = await accessKeys().issue();
    const error = await rejection(accessKeys(testInvocation(), { ...CONFIG, userArn: 'arn:aws:iam::111122223333:user/mailer' }).verify(fields));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(error.reason).toContain(`is one of ${USER_ARN}, not of arn:aws:iam::111122223333:user/mailer`);
    expect(error.remedy).toContain('User.fromUserArn');
  });

  test('and refused where it is another user\'s, by both ARNs', async () => {
    const iam = await startIam();
    iam.createUser('somebody');
    const error = await rejection(accessKeys().verify({ ...iam.createAccessKey('somebody') }));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(error.reason).toContain('arn:aws:iam::111122223333:user/somebody');
    expect(error.reason).toContain(USER_ARN);
  });

  test('and refused where STS names nobody', async () => {
    await startCanned(() => ({ body: '<GetCallerIdentityResponse><GetCallerIdentityResult></GetCallerIdentityResult></GetCallerIdentityResponse>' }));
    expect(await rejection(accessKeys().verify(FIELDS))).toMatchObject({ code: 'VERIFICATION_FAILED' });
  });
});

interface Refused {
  readonly name: string;
  readonly spoil: (iam: LocalIam, key: { accessKeyId: string; secretAccessKey: string }) => { accessKeyId: string; secretAccessKey: string } | void;
  readonly says: string;
}

const REFUSED: readonly Refused[] = [
  { name: 'inactive', spoil: (iam, { accessKeyId }) => iam.setStatus(accessKeyId, 'Inactive'), says: 'InvalidClientTokenId' },
  { name: 'deleted', spoil: (iam, { accessKeyId }) => iam.deleteAccessKey(accessKeyId), says: 'InvalidClientTokenId' },
  { name: 'shown with another secret key', spoil: (_, { accessKeyId }) => ({ accessKeyId, secretAccessKey: 'another' }), says: 'SignatureDoesNotMatch' },
];

describe('a verification', () => {
  test.each(REFUSED)('is refused for a key that is $name', async ({ spoil, says }) => {
    const iam = await startIam();
    const key = iam.createAccessKey('mailer');
    const invocation = testInvocation();
    const error = await rejection(accessKeys(invocation).verify({ ...(spoil(iam, key) ?? key) }));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error).toMatchObject({ code: 'SIGN_IN_REFUSED', username: 'mailer', reason: expect.stringContaining(`the access key ${key.accessKeyId} of the user mailer was refused (${says}`) });
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 1 });
  });

  test('is refused for a fresh key until it is known', async () => {
    const iam = await startIam({ propagationMs: 60_000 });
    const { fields } = await accessKeys().issue();
    expect(await rejection(accessKeys().verify(fields))).toBeInstanceOf(SignInRefused);
    iam.age(61_000);
    await accessKeys().verify(fields);
  });

  test.each([
    ['throttled', QueryFaults.throttling, 'SERVICE_BUSY'],
    ['an error of the service', QueryFaults.serviceFailure, 'SERVICE_UNREACHABLE'],
    ['a lost answer', QueryFaults.lostAnswer, 'SERVICE_UNREACHABLE'],
    ['no answer', QueryFaults.hang, 'SERVICE_UNREACHABLE'],
  ] as const)('fails without a verdict, after one call: %s', async (_, fault, code) => {
    const iam = await startIam(failing('GetCallerIdentity', fault));
    const invocation = testInvocation(200);
    const error = await rejection(accessKeys(invocation).verify({ ...iam.createAccessKey('mailer') }));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code, reason: expect.stringContaining('sts:GetCallerIdentity') });
    expect(iam.calls).toHaveLength(1);
    expect(invocation.measurements).toMatchObject({ signIns: 1, signInsRefused: 0 });
  });

  test('fails without a verdict where STS is not reached, and says how to reach it', async () => {
    useEndpoint('http://127.0.0.1:1');
    const error = await rejection(accessKeys().verify(FIELDS));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error.remedy).toContain('com.amazonaws.<Region>.sts');
  });

  test.each(['AccessDenied', 'RegionDisabledException'])('fails for good where nobody looked at the key: %s', async (code) => {
    await startCanned(() => errorAnswer(code, 403));
    expect(await rejection(accessKeys().verify(FIELDS))).toMatchObject({ code: 'PERMISSION_DENIED', reason: expect.stringContaining(code) });
  });

  test.each([[{}], [{ accessKeyId: 'AKIA1' }], [{ accessKeyId: 'AKIA1', secretAccessKey: 7 }]])('fails for a version that holds no key: %j', async (fields) => {
    const invocation = testInvocation();
    expect(await rejection(accessKeys(invocation).verify(fields))).toMatchObject({ code: 'SECRET_MALFORMED', remedy: expect.stringContaining('`secretAccessKey`') });
    expect(invocation.measurements.signIns).toBe(0);
  });

  test('goes over a connection of its own each time, since each server learns of a key by itself', async () => {
    const ports = new Set<string>();
    await startCanned((_, __, port) => {
      ports.add(String(port));
      return identity(USER_ARN);
    });
    const keys = accessKeys();
    for (let times = 0; times < 3; times++) await keys.verify(FIELDS);
    expect(ports.size).toBe(3);
  });
});
