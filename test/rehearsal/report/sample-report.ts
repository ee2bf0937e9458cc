import { promisesNoRefusal } from '../../../rehearsal/report/format';
import type { ClientGroup, ClientReport, ClientSignIn, RehearsalReport, RotationReport, RotationRun, StepRun, StrategyName } from '../../../rehearsal/report/model';

/** How a made-up rehearsal goes. */
export interface Sample {
  readonly strategies?: readonly StrategyName[];
  readonly rotations?: number;
  readonly intervalMs?: number;
}

const GROUPS: readonly (readonly [ClientGroup, number])[] = [['each-time', 10], ['time-to-live', 10], ['on-failure', 5]];
const STRATEGIES: readonly StrategyName[] = ['single-user', 'superuser', 'alternating-users', 'multi-credential'];
const CONSTRUCTS: Readonly<Record<StrategyName, string>> = {
  'single-user': 'Shop/ReportingUser',
  'superuser': 'Shop/BillingUser',
  'alternating-users': 'Shop/AppUser',
  'multi-credential': 'Shop/MailerKey',
  'unknown': 'Shop/Other',
};

/** How each refuses. */
const CODES: Readonly<Record<StrategyName, string>> = {
  'single-user': '28P01',
  'superuser': '28P01',
  'alternating-users': '28P01',
  'multi-credential': 'InvalidClientTokenId',
  'unknown': '28P01',
};

/** A report as a rehearsal writes it: clients and server are simulated second by second, from a fixed seed. */
export function sampleReport({ strategies = STRATEGIES, rotations = 6, intervalMs = 5_000 }: Sample = {}): RehearsalReport {
  const random = seeded(20_260_923);
  return {
    schemaVersion: 2,
    startedAt: '2026-09-23T09:30:00.000Z',
    durationMs: strategies.length * rotations * intervalMs,
    assembly: 'cdk.out/four-strategies',
    nodeVersion: 'v24.16.0',
    servers: ['PostgreSQL 18.4', 'Redis 7.0.15'],
    standIns: [
      'Secrets Manager: a local server that speaks its wire protocol and keeps its documented rules.',
      'The database: PostgreSQL 18.4 on this machine, over TLS; its endpoint keeps its name and is mapped to loopback.',
      'Amazon RDS’s certificate authorities: one made for this rehearsal, in a copy of the asset whose index.js is byte-equal.',
      'IAM: the policies of the template, evaluated for each call; an operator that is not known counts as not allowed.',
      'Lambda: a fresh Node.js process per cold start, with the environment and time-out of the template.',
    ],
    rotations: strategies.map((strategy, index) => rotation(strategy, index * rotations * intervalMs + 900, rotations, intervalMs, random)),
    skipped: [{ constructPath: 'Shop/Legacy/Rotation', reason: 'its secret is for MySQL' }],
    held: true,
  };
}

/** The instants at which the server and AWSCURRENT changed over to a version. */
interface Change {
  readonly version: string;
  readonly setMs: number;
  readonly promotedMs: number;
}

function rotation(strategy: StrategyName, fromMs: number, rotations: number, intervalMs: number, random: () => number): RotationReport {
  const runs = Array.from({ length: rotations }, (_, index) => run(strategy, index + 1, fromMs + index * intervalMs, random));
  const changes = runs.map(({ promotedVersion = '', promotedMs = 0, windowStartedMs, steps }) =>
    ({ version: promotedVersion, promotedMs, setMs: windowStartedMs ?? (steps[1]?.startedMs ?? 0) + 30 }));
  const untilMs = fromMs + rotations * intervalMs - 300;
  return {
    constructPath: CONSTRUCTS[strategy],
    strategy,
    templateRuntime: 'nodejs24.x',
    runs,
    clients: GROUPS.flatMap(([group, count]) => Array.from({ length: count }, (_, index) =>
      client(`${group}-${String(index + 1).padStart(2, '0')}`, group, { changes, strategy, untilMs, intervalMs, random }))),
    iam: { denied: [], unusedGrants: strategy === 'superuser' ? ['Allow: kms:Decrypt on the superuser secret’s key'] : [], unknown: [] },
    failures: [],
  };
}

function run(strategy: StrategyName, number: number, startedMs: number, random: () => number): RotationRun {
  const cold = number === 1 ? 310 + random() * 60 : 0;
  const cutOver = !promisesNoRefusal(strategy);
  const durations = cutOver ? [24, 9, 8, 62] : [26, 58, 44, 16];
  let atMs = startedMs;
  const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((step, index): StepRun => {
    const durationMs = Math.round((durations[index] ?? 0) * (0.9 + random() * 0.4) + (index === 0 ? cold : 0));
    const made = { step, attempt: 1, startedMs: atMs, durationMs, cold: index === 0 && number === 1 };
    atMs += durationMs + 40 + Math.round(random() * 20);
    return made;
  });
  const finish = steps[3] ?? { startedMs: 0, durationMs: 0 };
  const finishedMs = finish.startedMs + finish.durationMs;
  const windowMs = Math.round((6 + random() * 7) * 10) / 10;
  return {
    number,
    startedMs,
    finishedMs,
    succeeded: true,
    steps,
    ...(cutOver && { windowMs, windowStartedMs: finishedMs - 3 - windowMs }),
    promotedMs: finishedMs - 3,
    promotedVersion: Math.floor(random() * 0xffffffff).toString(16).padStart(8, '0'),
    secretsManagerCalls: { DescribeSecret: 4, GetSecretValue: strategy === 'single-user' ? 2 : 3, PutSecretValue: 1, UpdateSecretVersionStage: 1 },
    ...(strategy === 'multi-credential' && { serviceCalls: callsOfAccessKeys(number) }),
    signIns: 2,
    signInsRefused: 0,
  };
}

/** The first rotation finds no second key to delete. */
function callsOfAccessKeys(number: number): Record<string, number> {
  return { 'IAM CreateAccessKey': 1, ...(number > 1 && { 'IAM DeleteAccessKey': 1 }), 'IAM ListAccessKeys': 2, 'STS GetCallerIdentity': 3 };
}

interface World {
  readonly changes: readonly Change[];
  readonly strategy: StrategyName;
  readonly untilMs: number;
  readonly intervalMs: number;
  readonly random: () => number;
}

function client(name: string, group: ClientGroup, world: World): ClientReport {
  const { changes, strategy, untilMs, intervalMs, random } = world;
  const maxAgeMs = { 'each-time': 0, 'time-to-live': intervalMs * 0.4, 'on-failure': Infinity }[group];
  const signIns: ClientSignIn[] = [];
  let copy = { version: '', readAtMs: -Infinity };
  for (let atMs = (changes[0]?.promotedMs ?? 0) + random() * 250; atMs < untilMs; atMs += 180 + random() * 250) {
    if (copy.version === '' || atMs - copy.readAtMs >= maxAgeMs) copy = { version: currentAt(atMs, changes), readAtMs: atMs };
    let refused = !accepts(copy.version, atMs + 6, world);
    signIns.push(signIn(atMs, copy.version, refused && CODES[strategy], random));
    for (let retry = 1; group === 'on-failure' && refused; retry++) {
      atMs += 10 + random() * 50 * 2 ** (retry - 1);
      copy = { version: currentAt(atMs, changes), readAtMs: atMs };
      refused = !accepts(copy.version, atMs + 6, world);
      signIns.push(signIn(atMs, copy.version, refused && CODES[strategy], random));
    }
  }
  return { name, group, signIns, surfaced: group === 'on-failure' ? 0 : signIns.filter(made => made.outcome === 'refused').length };
}

function signIn(atMs: number, version: string, refusal: string | false, random: () => number): ClientSignIn {
  const durationMs = Math.round((8 + random() * 6 + (random() < 0.04 ? 15 : 0)) * 10) / 10;
  return { atMs: Math.round(atMs), durationMs, outcome: refusal ? 'refused' : 'accepted', version, ...(refusal && { code: refusal }) };
}

function currentAt(atMs: number, changes: readonly Change[]): string {
  return changes.filter(change => change.promotedMs <= atMs).at(-1)?.version ?? '';
}

/** A version works from when it is set until another takes its place: at the next change, or the one after it. */
function accepts(version: string, atMs: number, { changes, strategy }: World): boolean {
  const index = changes.findIndex(change => change.version === version);
  const overwritten = changes[index + (promisesNoRefusal(strategy) ? 2 : 1)];
  return overwritten === undefined || atMs < overwritten.setMs;
}

/** The minimal standard generator of Park and Miller (1988, multiplier of 1993): the same numbers on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
