import { cacheUser, fieldsOf, SERVICES, startCache, stopAll } from './cache-rig';
import { multiCredentialStrategy } from '../../../../lambda/multi-credential/strategy';
import type { CacheUserRotationConfig } from '../../../../src/private/rotation-config';
import { trySignIn } from '../../../rehearsal/redis/harness';
import { PASSWORD_POLICY, RotationRig, STEPS } from '../../../support/rotation-rig';

jest.setTimeout(60_000);

const CURRENT = 'current-PaSsWoRd-111111';

let rig: RotationRig;
afterEach(async () => {
  await rig.stop();
  await stopAll();
});

const passwordOf = (label: string): string => String(rig.labelled(label)?.password);

describe.each(SERVICES)('a rotation of a user of %s', (service) => {
  test.each([['with', true], ['without', false]])('never has a client refused, %s an endpoint', async (_, withEndpoint) => {
    const cache = await startCache(service, [CURRENT], { modifyingMs: 100 });
    const endpoint = withEndpoint ? {} : { endpoint: undefined };
    rig = await RotationRig.start<Pick<CacheUserRotationConfig, 'service' | 'passwordPolicy'>>({
      config: { service, passwordPolicy: PASSWORD_POLICY },
      strategy: (config, invocation) => multiCredentialStrategy(() => cacheUser(service, cache, { invocation, config: endpoint }), config),
      secretString: JSON.stringify(fieldsOf(CURRENT)),
      remainingMs: 10_000,
    });
    const expectAccepted = async (label: string): Promise<void> =>
      expect(await trySignIn(cache.server, { username: 'app', password: passwordOf(label) })).toBe('accepted');
    for (let rotation = 1; rotation <= 3; rotation++) {
      const token = rig.begin();
      for (const step of STEPS) {
        await rig.step(step, token);
        await expectAccepted('AWSCURRENT');
      }
      await expectAccepted('AWSPREVIOUS');
    }
    expect(await trySignIn(cache.server, fieldsOf(CURRENT))).toBe('WRONGPASS');
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ username: 'app', user_arn: cache.userArn });
    for (const secret of [CURRENT, passwordOf('AWSCURRENT'), passwordOf('AWSPREVIOUS')]) expect(rig.output).not.toContain(secret);
  });
});
