import fc from 'fast-check';
import { Fault, FaultKind } from './outside';
import { Ledger, Subject, unlessLate } from './promises';
import { AccessKeysSubject } from './scenarios/access-keys';
import { CacheSubject } from './scenarios/caches';
import { CustomSubject } from './scenarios/custom';
import { PostgresSubject } from './scenarios/postgres';
import { RedisSubject } from './scenarios/redis';
import { RotatedSecret, World } from './world';
import { StepName, STEPS } from '../support/rotation-rig';

const RUNS = 40 * Number(process.env.FUZZ_RUNS ?? 1);
/** Another one each time; SEED repeats a run. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
afterAll(() => { process.stderr.write(`interleavings: ${RUNS} random runs of each strategy, SEED=${SEED}\n`); });

const SUBJECTS: Readonly<Record<string, (world: World) => Promise<Subject>>> = {
  'single user, PostgreSQL': (world) => PostgresSubject.start(world, { strategy: 'single-user' }),
  'superuser, PostgreSQL': (world) => PostgresSubject.start(world, { strategy: 'superuser' }),
  'alternating users, PostgreSQL': (world) => PostgresSubject.start(world, { strategy: 'alternating-users' }),
  'access keys': (world) => AccessKeysSubject.start(world, { service: 'iam' }),
  'a user of Redis': (world) => RedisSubject.start(world, 'superuser'),
  'a user of ElastiCache': (world) => CacheSubject.start(world, 'elasticache'),
  'superuser, a service of one\'s own': (world) => CustomSubject.start(world, 'superuser'),
};

/** What the test itself remembers: the token of the rotation that is under way. */
interface Model {
  token?: string;
}

/** What the commands work on. */
interface Real {
  readonly world: World;
  readonly subject: Subject;
  readonly scheduler: fc.Scheduler;
  readonly faults: Fault[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** Secrets Manager begins a rotation, unless one is under way: then it goes on with that. */
class Begin implements Command {
  check = (model: Readonly<Model>): boolean => model.token === undefined;
  toString = (): string => 'begin';

  async run(model: Model, { subject: { secret } }: Real): Promise<void> {
    model.token = await begun(secret);
  }
}

/** A step is invoked by several at once, as Lambda may when it repeats an event; their calls take turns as they come. */
class Invoke implements Command {
  constructor(private readonly step: StepName, private readonly times: number) {}

  check = (model: Readonly<Model>): boolean => model.token !== undefined;
  toString = (): string => `${this.step} ${this.times} times at once`;

  async run({ token }: Model, { subject: { secret }, world }: Real): Promise<void> {
    const invocations = Array.from({ length: this.times }, () => secret.step(this.step, token ?? '').catch(() => undefined));
    await Promise.all(invocations);
    await world.outside.quietDown();
  }
}

/** All four steps, tried until they succeed or Secrets Manager gives up. */
class Complete implements Command {
  check = (model: Readonly<Model>): boolean => model.token !== undefined;
  toString = (): string => 'complete';

  async run(model: Model, { subject: { secret } }: Real): Promise<void> {
    if (await secret.attempts(model.token ?? '')) model.token = undefined;
  }
}

/** One of the next calls goes wrong. */
class GoWrong implements Command {
  constructor(private readonly kind: FaultKind, private readonly callsAhead: number) {}

  check = (): boolean => true;
  toString = (): string => `${this.kind} in ${this.callsAhead} calls`;

  async run(_: Model, { world, faults }: Real): Promise<void> {
    faults.push({ at: world.outside.calls.length + this.callsAhead, kind: this.kind });
  }
}

/** An operator, or somebody else, does something. */
class Act implements Command {
  constructor(private readonly which: number) {}

  check = (): boolean => true;
  toString = (): string => `act ${this.which}`;

  async run(model: Model, { subject }: Real): Promise<void> {
    const acts = Object.values(subject.acts);
    await acts[this.which % acts.length]?.();
    if (subject.secret.labels.AWSPENDING !== model.token) model.token = undefined;
  }
}

class PassTime implements Command {
  check = (): boolean => true;
  toString = (): string => 'a day passes';

  async run(_: Model, { world }: Real): Promise<void> {
    await world.time.sleep(86_400_000);
  }
}

const KINDS: readonly FaultKind[] = ['killed before', 'killed after', 'fails before', 'fails after', 'twice', 'unanswered', 'late', 'refused', 'throttled', 'frozen'];

const commands = fc.commands([
  fc.constant(new Begin()),
  fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 3 })).map(([step, times]) => new Invoke(step, times)),
  fc.constant(new Complete()),
  fc.tuple(fc.constantFrom(...KINDS), fc.nat({ max: 30 })).map(([kind, ahead]) => new GoWrong(kind, ahead)),
  fc.nat({ max: 20 }).map((which) => new Act(which)),
  fc.constant(new PassTime()),
], { maxCommands: 14 });

describe.each(Object.entries(SUBJECTS))('%s keeps every promise', (_, start) => {
  test('whatever happens in whatever order, and however the calls of concurrent invocations take turns', async () => {
    await fc.assert(fc.asyncProperty(commands, fc.scheduler(), fc.boolean(), async (all, scheduler, strips) => {
      const ledger = new Ledger();
      const world = new World({ pendingOnPromotion: strips ? 'strip' : 'keep' });
      try {
        await world.time.run(async () => follow(world, await start(world), all, scheduler, ledger));
      } finally {
        world.end();
      }
      expect(ledger.broken).toEqual([]);
    }), { numRuns: RUNS, seed: SEED });
  }, 1_200_000);
});

async function follow(world: World, subject: Subject, all: Iterable<Command>, scheduler: fc.Scheduler, ledger: Ledger): Promise<void> {
  const { outside, time } = world;
  const faults: Fault[] = [];
  outside.faults = faults;
  outside.observe = (call) => ledger.check(subject.always, `before ${call.service} ${call.what}`);
  outside.yieldTurn = (call) => scheduler.schedule(Promise.resolve(), `${call.process}: ${call.service} ${call.what}`);
  time.first = async () => {
    if (scheduler.count() === 0) return false;
    await scheduler.waitOne();
    return true;
  };
  await fc.asyncModelRun(() => ({ model: {}, real: { world, subject, scheduler, faults } }), all);
  await outside.quietDown();
  faults.length = 0;
  subject.calmDown?.();
  ledger.assert(await subject.secret.rotateDespiteAll(2), 'no rotation comes to an end, though nothing disturbs it any more');
  ledger.assert(await subject.secret.rotateDespiteAll(1), 'the next rotation does not come to an end');
  subject.settled?.();
  ledger.check(subject.always, 'in the end');
  ledger.check({ ...subject.finally, ...unlessLate(subject.secret) }, 'in the end');
  for (const overrun of outside.overruns) ledger.assert(false, overrun);
}

/** A rotation that was left unfinished is cancelled first, as an operator must. */
async function begun(secret: RotatedSecret): Promise<string> {
  try {
    return secret.begin();
  } catch {
    await secret.cancel();
    return secret.begin();
  }
}
