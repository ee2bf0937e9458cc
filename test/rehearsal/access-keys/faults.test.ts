import { CreateAccessKeyCommand, DeleteAccessKeyCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { harness, Harness, stopHarnesses } from './harness';
import { QueryFaultPoint, QueryFaults } from '../../../rehearsal/access-keys';
import { Fault, Faults } from '../../../rehearsal/secrets-manager';

afterEach(stopHarnesses);

interface Struck extends Harness {
  /** Resolves when the fault has struck. */
  readonly reached: Promise<void>;
}

/** A service that strikes the first call of one operation at one moment. */
async function struck(moment: QueryFaultPoint['moment'], fault: Fault, action = 'CreateAccessKey'): Promise<Struck> {
  let pending: Fault | undefined = fault;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => { reach = resolve; });
  const started = await harness({
    fault: (point) => {
      const strikes = point.action === action && point.moment === moment ? pending : undefined;
      pending = strikes === undefined ? pending : undefined;
      if (strikes !== undefined) setImmediate(reach);
      return strikes;
    },
  });
  started.service.createUser('app');
  return { ...started, reached };
}

const create = new CreateAccessKeyCommand({ UserName: 'app' });

describe.each([['before', 0], ['after', 1]] as const)('A fault %s the effect', (moment, made) => {
  const effective = made > 0;

  test.each([
    ['throttling', QueryFaults.throttling, 'Throttling', 400], ['a failure', QueryFaults.serviceFailure, 'ServiceFailureException', 500],
    ['unavailability', QueryFaults.serviceUnavailable, 'ServiceUnavailable', 503], ['Secrets Manager\'s throttling', Faults.throttling, 'ThrottlingException', 400],
  ] as const)(`answers with an error: %s; keys made: ${made}`, async (_, fault, name, status) => {
    const { iam, service } = await struck(moment, fault);
    await expect(iam.send(create)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(service.keys('app')).toHaveLength(made);
    expect(service.calls).toMatchObject([{ action: 'CreateAccessKey', outcome: fault.name, effective, userName: 'app', keyId: service.keys('app')[0]?.accessKeyId }]);
  });

  test(`loses the answer; keys made: ${made}`, async () => {
    const { iam, service } = await struck(moment, QueryFaults.lostAnswer);
    await expect(iam.send(create)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(service.keys('app')).toHaveLength(made);
    expect(service.calls).toMatchObject([{ outcome: 'lostAnswer', effective }]);
  });

  test(`never answers until the client gives up; keys made: ${made}`, async () => {
    const { iamWith, service, reached } = await struck(moment, QueryFaults.hang);
    const impatient = iamWith({ requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true } });
    await expect(impatient.send(create)).rejects.toMatchObject({ name: 'TimeoutError' });
    await reached;
    expect(service.keys('app')).toHaveLength(made);
    expect(service.calls).toMatchObject([{ outcome: 'hang', effective }]);
  });

  test(`is retried by the SDK, which makes ${made + 1} keys`, async () => {
    const { iamWith, service } = await struck(moment, QueryFaults.throttling);
    await iamWith({ maxAttempts: 2 }).send(create);
    expect(service.keys('app')).toHaveLength(made + 1);
  });

  test('delays', async () => {
    const { iam, service } = await struck(moment, { kind: 'delay', milliseconds: 5 });
    await iam.send(create);
    expect(service.keys('app')).toHaveLength(1);
  });

  test(`strikes STS, too; the key was used: ${effective}`, async () => {
    const { service, whoIs } = await struck(moment, QueryFaults.serviceUnavailable, 'GetCallerIdentity');
    const pair = service.createAccessKey('app');
    await expect(whoIs(pair)).rejects.toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
    expect(service.keys('app')[0]?.lastUsed !== undefined).toBe(effective);
    expect(service.calls).toMatchObject([{ service: 'sts', outcome: 'ServiceUnavailable', effective }]);
  });
});

describe('Faults', () => {
  test('a duplicate makes two keys and answers the second', async () => {
    const { iam, service } = await struck('before', QueryFaults.duplicate);
    const { AccessKey } = await iam.send(create);
    expect(service.keys('app')).toHaveLength(2);
    expect(service.keys('app')[1]?.accessKeyId).toBe(AccessKey?.AccessKeyId);
  });

  test('a duplicate answers the refusal of the second, although the first took effect', async () => {
    const { iam, service } = await struck('before', QueryFaults.duplicate);
    service.createAccessKey('app');
    await expect(iam.send(create)).rejects.toMatchObject({ name: 'LimitExceededException' });
    expect(service.calls).toMatchObject([{ outcome: 'LimitExceeded', effective: true, keyId: service.keys('app')[1]?.accessKeyId }]);
    const deleting = await struck('before', QueryFaults.duplicate, 'DeleteAccessKey');
    const { accessKeyId: AccessKeyId } = deleting.service.createAccessKey('app');
    await expect(deleting.iam.send(new DeleteAccessKeyCommand({ UserName: 'app', AccessKeyId }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    expect(deleting.service.keys('app')).toEqual([]);
  });

  test('are consulted before and after each call, with what is known of it', async () => {
    const points: QueryFaultPoint[] = [];
    const { service, iam, whoIs } = await harness({ fault: (point) => { points.push(point); return undefined; } });
    service.createUser('app');
    const pair = service.createAccessKey('app');
    await iam.send(new ListAccessKeysCommand({ UserName: 'nosuch' })).catch(() => undefined);
    await whoIs(pair);
    const asked = { service: 'sts', action: 'GetCallerIdentity', accessKeyId: pair.accessKeyId, sequence: 2 };
    expect(points).toEqual([
      { moment: 'before', service: 'iam', action: 'ListAccessKeys', accessKeyId: 'ASIAFUNCTION', sequence: 1 }, { moment: 'before', ...asked }, { moment: 'after', ...asked },
    ]);
  });

  test('stopping the service closes connections that hang', async () => {
    const { service, iam, reached } = await struck('before', QueryFaults.hang);
    const call = iam.send(create);
    await reached;
    await service.stop();
    await expect(call).rejects.toThrow();
  });
});
