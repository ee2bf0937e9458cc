import { FaultCase, FaultWorld, faultCases, isKill, tryCase } from '../../support/fault-cases';
import { MAJORS, TestPostgres } from '../../support/postgres';
import { PostgresRotation, PostgresRotationOptions, StrategyKind } from '../../support/postgres-rotation';

// The protocol is the same on every version; the statements are tested on each elsewhere.
const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, {});
let tried = 0;

beforeAll(() => postgres.start());
afterAll(async () => {
  await postgres.stop();
  process.stderr.write(`single-credential strategies: ${tried} faults tried, one at each external call\n`);
});

describe.each(['single-user', 'superuser'] as const)('a %s rotation ends with AWSCURRENT in force, no password lost and the next rotation unharmed', (kind) => {
  test('whatever external call goes wrong, in whatever way', () =>
    tryAll({ kind, cutover: 'SINGLE_STEP', pendingOnPromotion: 'strip' }), 600_000);

  test('also where Secrets Manager leaves AWSPENDING when AWSCURRENT moves, whatever goes wrong at that move', () =>
    tryAll({ kind, cutover: 'SINGLE_STEP', pendingOnPromotion: 'keep' }, ({ call }) => call.what === 'UpdateSecretVersionStage'), 600_000);

  test('also in AWS\'s own order of steps, at whatever external call the process is killed', () =>
    tryAll({ kind, cutover: 'STEPWISE', pendingOnPromotion: 'strip' }, isKill), 600_000);
});

interface Variant {
  readonly kind: StrategyKind;
  readonly cutover: 'SINGLE_STEP' | 'STEPWISE';
  readonly pendingOnPromotion: 'strip' | 'keep';
}

async function tryAll({ kind, cutover, pendingOnPromotion }: Variant, which: (fault: FaultCase) => boolean = () => true): Promise<void> {
  const start = (): Promise<FaultWorld> => world(kind, { pendingOnPromotion, config: { cutover } });
  const broken: string[] = [];
  for (const fault of (await faultCases(start)).filter(which)) {
    broken.push(...await tryCase(start, fault));
    tried++;
  }
  expect(broken).toEqual([]);
}

async function world(kind: StrategyKind, options: PostgresRotationOptions): Promise<FaultWorld> {
  const rotation = await PostgresRotation.start(kind, postgres, { remainingMs: 8_000, ...options });
  return {
    rig: rotation.rig,
    atEachCall: async () => (kind === 'single-user' ? recoverable(rotation) : []),
    atTheEnd: () => settled(rotation),
    stop: () => rotation.stop(),
  };
}

/** What the server accepts is stored in a version that carries a label, which Secrets Manager therefore keeps. */
async function recoverable(rotation: PostgresRotation): Promise<string[]> {
  const inForce = await rotation.versionsInForce();
  const { versions } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn);
  return versions.some(({ versionId, labels }) => inForce.includes(versionId) && labels.length > 0) ? [] : ['the password in force is in no labelled version'];
}

async function settled(rotation: PostgresRotation): Promise<string[]> {
  const { labels } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn);
  const inForce = await rotation.versionsInForce();
  return [
    ...inForce.includes(labels.AWSCURRENT ?? '') ? [] : ['AWSCURRENT is not in force'],
    ...await rotation.currentSignsIn() === 'accepted' ? [] : ['AWSCURRENT does not sign in'],
    ...labels.AWSPENDING === undefined || labels.AWSPENDING === labels.AWSCURRENT ? [] : ['AWSPENDING is left behind'],
    ...rotation.leakedPasswords() === 0 ? [] : ['a password is in the output'],
  ];
}
