import { FaultCase, FaultWorld, faultCases, isKill, tryCase } from '../../support/fault-cases';
import { Login, MAJORS, TestPostgres } from '../../support/postgres';
import { PostgresRotation } from '../../support/postgres-rotation';

// The protocol is the same on every version; the statements are tested on each elsewhere.
const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, {});
let tried = 0;

beforeAll(() => postgres.start());
afterAll(async () => {
  await postgres.stop();
  process.stderr.write(`alternating users: ${tried} faults tried, one at each external call\n`);
});

describe('AWSCURRENT signs in at every instant, AWSPREVIOUS until the next rotation, and the next rotation is unharmed', () => {
  test('in the rotation that creates the users, at whatever external call the process is killed', () =>
    tryAll({ pendingOnPromotion: 'strip', before: 0 }, isKill), 900_000);

  test('in a later rotation, whatever external call goes wrong, in whatever way', () =>
    tryAll({ pendingOnPromotion: 'strip', before: 1 }), 900_000);

  test('also where Secrets Manager leaves AWSPENDING when AWSCURRENT moves, whatever goes wrong at that move', () =>
    tryAll({ pendingOnPromotion: 'keep', before: 1 }, ({ call }) => call.what === 'UpdateSecretVersionStage'), 900_000);
});

interface Variant {
  readonly pendingOnPromotion: 'strip' | 'keep';
  /** Undisturbed rotations before the one that is disturbed. */
  readonly before: number;
}

async function tryAll(variant: Variant, which: (fault: FaultCase) => boolean = () => true): Promise<void> {
  const start = (): Promise<FaultWorld> => world(variant);
  const broken: string[] = [];
  for (const fault of (await faultCases(start)).filter(which)) {
    broken.push(...await tryCase(start, fault));
    tried++;
  }
  expect(broken).toEqual([]);
}

async function world({ pendingOnPromotion, before }: Variant): Promise<FaultWorld> {
  const rotation = await PostgresRotation.start('alternating-users', postgres, { remainingMs: 8_000, pendingOnPromotion });
  for (let number = 0; number < before; number++) await rotation.rig.rotate();
  return {
    rig: rotation.rig,
    atEachCall: () => currentInForce(rotation),
    atTheEnd: () => settled(rotation),
    stop: () => rotation.stop(),
  };
}

/** From the first promotion on: before it the user does not exist. */
async function currentInForce(rotation: PostgresRotation): Promise<string[]> {
  const { AWSCURRENT, AWSPREVIOUS } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn).labels;
  if (AWSCURRENT === undefined || AWSPREVIOUS === undefined) return [];
  return await rotation.isInForce(AWSCURRENT) ? [] : ['AWSCURRENT is not in force'];
}

async function settled(rotation: PostgresRotation): Promise<string[]> {
  const { labels } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn);
  const previous = rotation.rig.labelled('AWSPREVIOUS') as unknown as Login;
  return [
    ...await rotation.currentSignsIn() === 'accepted' ? [] : ['AWSCURRENT does not sign in'],
    ...await rotation.postgres.trySignIn(previous) === 'accepted' ? [] : ['AWSPREVIOUS does not sign in'],
    ...labels.AWSPENDING === undefined || labels.AWSPENDING === labels.AWSCURRENT ? [] : ['AWSPENDING is left behind'],
    ...rotation.leakedPasswords() === 0 ? [] : ['a password is in the output'],
  ];
}
