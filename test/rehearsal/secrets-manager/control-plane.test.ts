import { harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

describe('The control plane', () => {
  test('begins a rotation and leaves its steps to the test', async () => {
    const { service } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    const pending = service.beginRotation(arn);
    expect(service.snapshot(arn)).toMatchObject({
      arn,
      name: 'app',
      rotationEnabled: true,
      labels: { AWSCURRENT: versionId, AWSPENDING: pending },
      versions: [{ versionId, labels: ['AWSCURRENT'], hasValue: true }, { versionId: pending, labels: ['AWSPENDING'], hasValue: false }],
    });
    expect(service.beginRotation(arn, pending)).toBe(pending);
    expect(() => service.beginRotation(arn, token('other'))).toThrow("A previous rotation isn't complete.");
    expect(service.calls).toEqual([]);
  });

  test.each([['empty', undefined], ['current', { secretString: 'one' }]] as const)('begins and ends a rotation test: %s', async (holds, value) => {
    const { service } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    const pending = service.beginRotationTest(arn, holds);
    expect(service.valueOf(arn, pending)).toEqual(value);
    expect(service.snapshot(arn).labels).toEqual({ AWSCURRENT: versionId, AWSPENDING: pending });
    service.endRotationTest(arn);
    expect(service.snapshot(arn)).toMatchObject({ labels: { AWSCURRENT: versionId }, versions: [{ versionId }] });
    expect(service.snapshot(arn).labels.AWSPENDING).toBeUndefined();
  });

  test('configures rotation without rotating', async () => {
    const { service } = await harness();
    const { arn, versionId } = service.createSecret({ name: 'app', secretString: 'one' });
    service.enableRotation(arn, { functionArn: 'arn:function' });
    expect(service.snapshot(arn)).toMatchObject({ rotationEnabled: true, labels: { AWSCURRENT: versionId } });
  });

  test('refuses what the service refuses', async () => {
    const { service } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    expect(() => service.createSecret({ name: 'app', secretString: 'two' })).toThrow('The operation failed because the secret app already exists.');
    expect(() => service.beginRotation(arn, 'short')).toThrow('ClientRequestToken must be 32-64 characters long.');
    expect(() => service.enableRotation(arn, { functionArn: 'arn:function', rules: { automaticallyAfterDays: 0 } })).toThrow('AutomaticallyAfterDays');
    expect(() => service.snapshot('nosuch')).toThrow("Secrets Manager can't find the specified secret.");
  });
});
