import { actsAlone, Case, comingBack, every, inWorld, Outcome, pairs, Scenario, singles, Stride, tryCase, undisturbed, withActs } from './explorer';
import { FAULT_KINDS } from './outside';
import { Subject } from './promises';
import { STEPS } from '../support/rotation-rig';
import { keepTally } from './summary/tallies';
import { SecretsManagerBehaviour, World } from './world';

/** AWS's pages and its users disagree on these, or no page tells: what is promised holds either way. */
const BEHAVIOURS: readonly SecretsManagerBehaviour[] = [
  { pendingOnPromotion: 'strip', repeatedPut: 'attachLabels', deprecatedVersions: 'keep' },
  { pendingOnPromotion: 'keep', repeatedPut: 'ignore', deprecatedVersions: 'purge' },
];

/**
 * Of the cases with more than one disturbance some are tried, for there are hundreds of thousands. FAULTS=more tries many; FAULTS=all tries every
 * pair of faults, and each act with many faults after it. FAULTS=few is for mutation testing: a part of the single faults tells most mutants.
 */
const STRIDES: Readonly<Record<'few' | 'sample' | 'more' | 'all', Readonly<Record<'comingBack' | 'pairs' | 'acts', Stride>>>> = {
  few: { comingBack: { first: 1, second: 1 }, pairs: { first: 1, second: 1 }, acts: { first: 1, second: 1 } },
  sample: { comingBack: { first: 9, second: 13 }, pairs: { first: 29, second: 29 }, acts: { first: 13, second: 97 } },
  more: { comingBack: { first: 1, second: 5 }, pairs: { first: 3, second: 41 }, acts: { first: 2, second: 83 } },
  all: { comingBack: { first: 1, second: 1 }, pairs: { first: 1, second: 1 }, acts: { first: 1, second: 17 } },
};

/** Of the calls at which one thing goes wrong each so manieth is tried. */
const SINGLES_EVERY = { few: 4, sample: 1, more: 1, all: 1 } as const;

/** Of the moments of an act by itself each so manieth is tried. */
const ACTS_EVERY = { few: 9, sample: 5, more: 1, all: 1 } as const;

/** Of the second behaviour fewer pairs are tried: most do not tell it from the first. */
const LATER_STRIDE = 3;

/** Tries every fault at every call of a rotation, and what may come with it. */
export function describeFaults(name: string, start: (world: World) => Promise<Subject>): void {
  const tally = { name, cases: 0, checked: 0, violations: 0 };
  afterAll(() => {
    keepTally(tally);
    process.stderr.write(`${name}: ${tally.cases} cases of faults, ${tally.checked} promises checked, ${tally.violations} violations\n`);
  });

  describe.each(breadth() === 'few' ? BEHAVIOURS.slice(0, 1) : BEHAVIOURS)(`${name} keeps every promise (AWSPENDING on promotion: $pendingOnPromotion)`, (behaviour) => {
    const scenario: Scenario = { ...behaviour, start };
    const strides = stridesOf(behaviour);

    test('when nothing goes wrong', async () => tryAll(scenario, [{ faults: [] }]));

    test('in steps that are repeated, and in the check before a first rotation: they change nothing', async () => {
      await inWorld(scenario, changeNothing);
    });

    test.each(FAULT_KINDS)('whatever call goes wrong (%s)', async (kind) => tryAll(scenario, every(singlesEvery(behaviour), singles(await undisturbed(scenario), [kind]))), 3_600_000);

    test('whatever somebody else does in between', async () =>
      tryAll(scenario, actsAlone(await undisturbed(scenario), await actsOf(scenario), ACTS_EVERY[breadth()])), 3_600_000);

    if (breadth() === 'few') return;

    test('whatever comes back late, and when: an effect, or a function that stood still', async () =>
      tryAll(scenario, comingBack(scenario, await undisturbed(scenario), strides.comingBack)), 3_600_000);

    test('whatever two calls go wrong', async () => tryAll(scenario, pairs(scenario, await undisturbed(scenario), strides.pairs)), 3_600_000);

    test('whatever somebody else does in between, and whatever goes wrong then', async () =>
      tryAll(scenario, withActs(scenario, await undisturbed(scenario), await actsOf(scenario), strides.acts)), 3_600_000);
  });

  async function tryAll(scenario: Scenario, cases: Iterable<Case> | AsyncIterable<Case>): Promise<void> {
    const broken: string[] = [];
    const before = tally.cases;
    for await (const tried of cases) {
      const outcome = await tryCase(scenario, tried);
      count(outcome);
      broken.push(...outcome.broken);
    }
    expect(broken.slice(0, 20)).toEqual([]);
    expect(tally.cases).toBeGreaterThan(before);
  }

  function count({ checked, broken }: Outcome): void {
    tally.cases++;
    tally.checked += checked;
    tally.violations += broken.length;
  }
}

function actsOf(scenario: Scenario): Promise<readonly string[]> {
  return inWorld(scenario, async ({ acts }) => Object.keys(acts));
}

async function changeNothing(subject: Subject): Promise<void> {
  const { secret } = subject;
  const token = secret.begin();
  await secret.steps(token);
  const settled = subject.state;
  for (const step of [...STEPS, ...STEPS]) await secret.step(step, token);
  expect(subject.state).toBe(settled);
  for (const holds of ['empty', 'current'] as const) {
    const test = secret.world.secretsManager.beginRotationTest(secret.arn, holds);
    await secret.step('testSecret', test);
    secret.world.secretsManager.endRotationTest(secret.arn);
    expect(subject.state).toBe(settled);
  }
}

/** Of the second behaviour a sample holds half. */
function singlesEvery(behaviour: SecretsManagerBehaviour): number {
  return behaviour !== BEHAVIOURS[0] && breadth() === 'sample' ? 2 : SINGLES_EVERY[breadth()];
}

function stridesOf(behaviour: SecretsManagerBehaviour): (typeof STRIDES)['all'] {
  const { comingBack: late, pairs: both, acts } = STRIDES[breadth()];
  const later = (stride: Stride): Stride => (behaviour === BEHAVIOURS[0] ? stride : { ...stride, second: stride.second * LATER_STRIDE });
  return { comingBack: later(late), pairs: later(both), acts: later(acts) };
}

function breadth(): keyof typeof STRIDES {
  const { FAULTS: wanted = 'sample' } = process.env;
  if (Object.hasOwn(STRIDES, wanted)) return wanted as keyof typeof STRIDES;
  throw new Error(`FAULTS must be one of ${Object.keys(STRIDES).join(', ')}, not ${wanted}`);
}
