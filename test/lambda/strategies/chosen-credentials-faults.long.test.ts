import { multiCredentialStrategy } from '../../../lambda/multi-credential/strategy';
import { FaultWorld, faultCases, tryCase } from '../../support/fault-cases';
import { ListedUser } from '../../support/listed-user';
import { PASSWORD_POLICY, RotationRig } from '../../support/rotation-rig';

let tried = 0;
afterAll(() => {
  process.stderr.write(`multiple credentials, chosen: ${tried} faults tried, one at each call of Secrets Manager\n`);
});

describe.each(['strip', 'keep'] as const)('a rotation of chosen credentials (AWSPENDING on promotion: %s)', (pendingOnPromotion) => {
  test('never ends the current one, and leaves none that no label references, whatever call goes wrong, in whatever way', async () => {
    const start = (): Promise<FaultWorld> => world(pendingOnPromotion);
    const broken: string[] = [];
    for (const fault of await faultCases(start)) {
      broken.push(...await tryCase(start, fault));
      tried++;
    }
    expect(broken).toEqual([]);
  }, 300_000);
});

async function world(pendingOnPromotion: 'strip' | 'keep'): Promise<FaultWorld> {
  const service = new ListedUser();
  const rig = await RotationRig.start({
    config: { service: 'custom' as const, passwordPolicy: PASSWORD_POLICY },
    strategy: (config) => multiCredentialStrategy(() => service, config),
    secretString: '{"username":"app","password":"the-first-password"}',
    remainingMs: 2_000,
    pendingOnPromotion,
  });
  await rig.rotate();
  const password = (label: string): unknown => rig.labelled(label)?.password;
  return {
    rig,
    atEachCall: async () => service.accepted.includes(password('AWSCURRENT')) ? [] : ['AWSCURRENT is not accepted'],
    atTheEnd: async () => {
      const { labels } = rig.secretsManager.snapshot(rig.secretArn);
      return [
        ...service.accepted[0] === password('AWSCURRENT') && service.accepted.length === 2 ? [] : ['the service accepts other than two, the current one first'],
        ...labels.AWSPENDING === undefined || labels.AWSPENDING === labels.AWSCURRENT ? [] : ['AWSPENDING is left behind'],
        ...rig.output.includes(String(password('AWSCURRENT'))) ? ['a password is in the output'] : [],
      ];
    },
    stop: () => rig.stop(),
  };
}
