import { accessKeys, everythingSaid, failing, startCanned, startIam, stopAll, testInvocation, CONFIG, FUNCTION_SECRET } from './iam-rig';
import type { LocalIamOptions } from '../../../../rehearsal/access-keys';
import { QueryFaults } from '../../../../rehearsal/access-keys';

afterEach(stopAll);

describe('no secret key', () => {
  /** Whatever is done, and whatever comes of it, is written down; the keys are kept apart. */
  const told: unknown[] = [];
  const secrets: string[] = [FUNCTION_SECRET];
  const noting = async (work: Promise<unknown>): Promise<void> => { told.push(await work.catch((error: unknown) => error)); };

  const live = async (options: LocalIamOptions): Promise<void> => {
    const iam = await startIam(options);
    const invocation = testInvocation(400);
    const keys = accessKeys(invocation);
    told.push(invocation, keys);
    const issued = await keys.issue().catch((error: unknown) => { told.push(error); return undefined; });
    const key = issued?.fields ?? { ...iam.createAccessKey('mailer') };
    secrets.push(String(key.secretAccessKey));
    await noting(keys.verify(key));
    await noting(keys.verify({ ...key, secretAccessKey: `${String(key.secretAccessKey)}-wrong` }));
    await noting(accessKeys(invocation, { ...CONFIG, userArn: 'arn:aws:iam::111122223333:user/other' }).verify(key));
    await noting(keys.verify({ secretAccessKey: key.secretAccessKey }));
    await noting(keys.list());
    await noting(keys.lastUsed(String(key.accessKeyId)));
    await noting(keys.retire(String(key.accessKeyId)));
    told.push(iam.calls);
  };

  test('is in an error, a log line or a printed object, whether calls succeed or fail', async () => {
    for (const options of [
      {}, failing('GetCallerIdentity', QueryFaults.throttling), failing('GetCallerIdentity', QueryFaults.serviceFailure), failing('GetCallerIdentity', QueryFaults.lostAnswer),
      failing('CreateAccessKey', QueryFaults.serviceFailure, 1, 'after'), failing('CreateAccessKey', QueryFaults.lostAnswer, 1, 'after'),
    ]) await live(options);
    expect(told.filter((thing) => thing instanceof Error).length).toBeGreaterThan(10);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(everythingSaid(told).includes(secret)).toBe(false);
    }
  });

  test.each([
    ['cut off', '<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>AKIA1</AccessKeyId><SecretAccessKey>SeCrEt/KeY'],
    ['not of XML', '{"SecretAccessKey":"SeCrEt/KeY"}'],
    ['without an id', '<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><SecretAccessKey>SeCrEt/KeY</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>'],
    ['an error', '<ErrorResponse><Error><Code>InternalFailure</Code><Message>SeCrEt/KeY</Message></Error></ErrorResponse>', 500],
  ])('comes out of an answer that is %s', async (_, body, status = 200) => {
    await startCanned(() => ({ status, body }));
    const keys = accessKeys(testInvocation(200));
    const error = await keys.issue().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    expect(everythingSaid([error, keys])).not.toContain('SeCrEt/KeY');
  });
});
