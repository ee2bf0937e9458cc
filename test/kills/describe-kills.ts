import { Boundary, isPromotion, isWrite } from './boundary';
import { Case, recordBoundaries, tryCase } from './disturbed-rotation';
import { KillRig, KillRigOptions } from './kill-rig';
import { MAJORS, TestPostgres } from '../support/postgres';
import { StrategyKind } from '../support/postgres-rotation';

export interface KillSuite {
  readonly strategy: StrategyKind;
  /** `creating`: each case is the first rotation of all, which makes the users. */
  readonly state: 'creating' | 'rotated before';
}

/** The proxy in front of the server ends TLS. A commit must outlive an immediate restart. */
const SERVER = { hba: ['hostssl all all all scram-sha-256', 'host all all all scram-sha-256'], settings: { synchronous_commit: 'on' } };

const [oldest, newest] = [MAJORS[0], MAJORS.at(-1)];

/**
 * A rotation by the bundle, in a process of its own, against each version of PostgreSQL; on all but the newest only what writes is disturbed, and
 * what is rarer than a kill on the oldest and the newest alone.
 */
export function describeKills(suite: KillSuite): void {
  const tally = new Tally(suite);
  afterAll(() => void process.stderr.write(tally.text));

  describe.each(MAJORS)('on PostgreSQL %i', major => {
    const postgres = new TestPostgres(major, SERVER);
    const trial = new Trial(suite, postgres, tally);
    const isTried = (boundary: Boundary): boolean => major === newest || isWrite(boundary);
    beforeAll(() => postgres.start().then(() => trial.start()), 300_000);
    afterAll(() => trial.stop().then(() => postgres.stop()));

    test('with the process killed before or after each call', () =>
      trial.run(boundary => (isTried(boundary) ? [{ boundary, how: 'killed' }] : [])), 900_000);

    if (major === newest || major === oldest) describeRarer(trial, isTried);
  });

  test('also where Secrets Manager leaves AWSPENDING when AWSCURRENT moves, with the process killed there', async () => {
    const postgres = new TestPostgres(newest ?? 18, SERVER);
    const trial = new Trial(suite, postgres, tally);
    try {
      await postgres.start();
      await trial.start({ pendingOnPromotion: 'keep' });
      await trial.run(boundary => (isPromotion(boundary) ? [{ boundary, how: 'killed' }] : []));
    } finally {
      await trial.stop();
      await postgres.stop();
    }
  }, 300_000);
}

function describeRarer(trial: Trial, isTried: (boundary: Boundary) => boolean): void {
  test('with the process killed before or after each call that writes, and the rotation cancelled', () =>
    trial.run(boundary => (isWrite(boundary) ? [{ boundary, how: 'killed', cancelled: true }] : [])), 900_000);

  test('with the connection cut in each statement, in the middle or once it is done', () =>
    trial.run(boundary => (isTried(boundary) ? cutsAt(boundary) : [])), 900_000);

  test('with the server restarted at each statement that writes, and at the promotion', () =>
    trial.run(restartsAt), 900_000);
}

function cutsAt(boundary: Boundary): Case[] {
  if (boundary.service !== 'PostgreSQL') return [];
  return [{ boundary, how: boundary.moment === 'before' ? 'cut halfway' : 'cut' }];
}

function restartsAt(boundary: Boundary): Case[] {
  const isStatement = boundary.service === 'PostgreSQL' && isWrite(boundary) && boundary.moment === 'after';
  if (!isStatement && !isPromotion(boundary)) return [];
  return [{ boundary, how: 'fast restart' }, { boundary, how: 'immediate restart' }];
}

/** The cases of one server. */
class Trial {
  private rig?: KillRig;
  private boundaries: readonly Boundary[] = [];

  constructor(private readonly suite: KillSuite, private readonly postgres: TestPostgres, private readonly tally: Tally) {}

  async start(options: Pick<KillRigOptions, 'pendingOnPromotion'> = {}): Promise<void> {
    this.rig = await KillRig.start({ strategy: this.suite.strategy, postgres: this.postgres, ...options });
    await this.arrange(this.rig, true);
    this.boundaries = await recordBoundaries(this.rig);
  }

  async run(casesAt: (boundary: Boundary) => readonly Case[]): Promise<void> {
    const { rig } = this;
    if (rig === undefined) throw new Error('the trial has not started');
    const broken: string[] = [];
    let spoiled = false;
    for (const disturbed of this.boundaries.flatMap(casesAt)) {
      await this.arrange(rig, spoiled);
      const outcome = await tryCase(rig, disturbed);
      broken.push(...outcome.broken);
      spoiled = outcome.broken.length > 0;
      this.tally.count(disturbed, outcome.cancelled);
    }
    expect(broken).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.rig?.stop();
  }

  private async arrange(rig: KillRig, afresh: boolean): Promise<void> {
    rig.observe = async () => undefined;
    if (this.suite.state === 'creating' || afresh) await rig.renew();
    if (this.suite.state === 'rotated before' && afresh) await rig.steps(rig.begin());
  }
}

/** How many cases were tried. */
class Tally {
  private readonly tried = new Map<string, number>();
  private cancelled = 0;

  constructor(private readonly suite: KillSuite) {}

  count({ how, cancelled: onPurpose = false }: Case, cancelled: boolean): void {
    const what = onPurpose ? `${how} and cancelled` : how;
    this.tried.set(what, (this.tried.get(what) ?? 0) + 1);
    if (cancelled && !onPurpose) this.cancelled++;
  }

  get text(): string {
    const total = [...this.tried.values()].reduce((sum, count) => sum + count, 0);
    const parts = [...this.tried].map(([what, count]) => `${count} ${what}`).join(', ');
    const { strategy, state } = this.suite;
    return `${strategy} (${state}) on PostgreSQL ${MAJORS.join(', ')}: ${total} disturbances tried (${parts}); ${this.cancelled} further rotations had to be cancelled\n`;
  }
}
