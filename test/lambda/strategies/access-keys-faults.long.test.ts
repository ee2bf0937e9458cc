import { AccessKeyRotation } from '../../support/access-key-rotation';
import { FaultCase, FaultWorld, faultCases, tryCase } from '../../support/fault-cases';

let tried = 0;
afterAll(() => {
  process.stderr.write(`multiple credentials, access keys: ${tried} faults tried, one at each external call\n`);
});

describe('a rotation of access keys never costs the current key, and never loses a slot', () => {
  test('whatever external call goes wrong, in whatever way', () => tryAll('strip'), 600_000);

  test('also where Secrets Manager leaves AWSPENDING when AWSCURRENT moves, whatever goes wrong at a label', () =>
    tryAll('keep', ({ call }) => call.what === 'UpdateSecretVersionStage'), 600_000);
});

async function tryAll(pendingOnPromotion: 'strip' | 'keep', which: (fault: FaultCase) => boolean = () => true): Promise<void> {
  const start = (): Promise<FaultWorld> => world(pendingOnPromotion);
  const broken: string[] = [];
  for (const fault of (await faultCases(start)).filter(which)) {
    broken.push(...await tryCase(start, fault));
    tried++;
  }
  expect(broken).toEqual([]);
}

/** Both slots are taken, as before any but the first two rotations. From then on a short life of the function, since a retry waits for its end. */
async function world(pendingOnPromotion: 'strip' | 'keep'): Promise<FaultWorld> {
  const rotation = await AccessKeyRotation.start({ pendingOnPromotion, config: { graceSeconds: 0 } });
  await rotation.rig.rotate();
  await rotation.rig.rotate();
  rotation.rig.remainingMs = 2_000;
  return {
    rig: rotation.rig,
    atEachCall: async () => available(rotation),
    atTheEnd: async () => settled(rotation),
    stop: () => rotation.stop(),
  };
}

/** Looked at without a use, which would keep a key from its retirement. */
function available(rotation: AccessKeyRotation): string[] {
  const active = rotation.keys().filter(({ status }) => status === 'Active').map(({ accessKeyId }) => accessKeyId);
  return active.includes(String(rotation.labelledId('AWSCURRENT'))) ? [] : ['AWSCURRENT names no key that works'];
}

function settled(rotation: AccessKeyRotation): string[] {
  const { labels } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn);
  const named = [rotation.labelledId('AWSCURRENT'), rotation.labelledId('AWSPREVIOUS')];
  return [
    ...available(rotation),
    ...rotation.works('AWSCURRENT') ? [] : ['AWSCURRENT does not work'],
    ...rotation.ids().filter((id) => !named.includes(id)).map((id) => `${id} takes a slot, and no label names it`),
    ...labels.AWSPENDING === undefined || labels.AWSPENDING === labels.AWSCURRENT ? [] : ['AWSPENDING is left behind'],
    ...rotation.leaked() === 0 ? [] : ['a secret key is in the output'],
  ];
}
