import { Fault, FaultKind, SeenCall } from './outside';
import { Ledger, Subject, unlessLate } from './promises';
import { World, WorldOptions } from './world';

/** How a world is furnished in which cases are tried. */
export interface Scenario extends WorldOptions {
  readonly start: (world: World) => Promise<Subject>;
}

/** What disturbs a rotation. */
export interface Case {
  readonly faults: readonly Fault[];
  /** One of the subject's acts, right before the call with this index. */
  readonly acts?: readonly { readonly at: number; readonly what: string }[];
}

/** What came of a case. */
export interface Outcome {
  readonly calls: readonly SeenCall[];
  readonly checked: number;
  readonly broken: readonly string[];
}

/**
 * One rotation, disturbed; Secrets Manager's retries until it is quiet; whatever was postponed; and the next rotation, undisturbed. All promises are
 * checked at each call, and once each of these is over.
 */
export async function tryCase(scenario: Scenario, tried: Case): Promise<Outcome> {
  const ledger = new Ledger();
  const world = new World(scenario);
  try {
    await world.time.run(async () => rotateUnder(world, await scenario.start(world), tried, ledger));
  } catch (error: unknown) {
    ledger.assert(false, error instanceof Error ? error.stack ?? error.message : String(error));
  } finally {
    world.end();
  }
  return { calls: world.outside.calls, checked: ledger.checked, broken: ledger.broken.map((what) => `${describe(tried, world.outside.calls)}: ${what}`) };
}

async function rotateUnder(world: World, subject: Subject, { faults, acts = [] }: Case, ledger: Ledger): Promise<void> {
  const { outside } = world;
  outside.calls.length = 0;
  outside.faults = faults;
  outside.acts = acts.map(({ at, what }) => ({ at, what, act: subject.acts[what] ?? (() => { throw new Error(`nobody does: ${what}`); }) }));
  outside.observe = (call) => ledger.check(subject.always, `before ${call.service} ${call.what} (${call.index})`);
  const rotations = 1 + faults.length + 2 * acts.length; // an act may spoil two: a policy that refuses a password spoils the next, too
  ledger.assert(await subject.secret.rotateDespiteAll(rotations), 'no rotation comes to an end, though there were fewer disturbances than rotations');
  if (acts.length === 0) ledger.check({ ...subject.finally, ...unlessLate(subject.secret) }, 'once the rotation is over');
  await outside.quietDown();
  if (acts.length === 0) ledger.check(subject.finally, 'once all is quiet');
  outside.faults = [];
  outside.acts = [];
  subject.calmDown?.();
  ledger.assert(await subject.secret.rotateDespiteAll(1), 'the next rotation does not come to an end');
  subject.settled?.();
  ledger.check(subject.always, 'after the next rotation');
  ledger.check({ ...subject.finally, ...unlessLate(subject.secret) }, 'after the next rotation');
  for (const overrun of outside.overruns) ledger.assert(false, overrun);
}

/** Something that is done in such a world, all its time included. */
export async function inWorld<T>(scenario: Scenario, work: (subject: Subject) => Promise<T>): Promise<T> {
  const world = new World(scenario);
  try {
    return await world.time.run(async () => work(await scenario.start(world)));
  } finally {
    world.end();
  }
}

/** The calls of a rotation that nothing disturbs. */
export async function undisturbed(scenario: Scenario): Promise<readonly SeenCall[]> {
  const { calls, broken } = await tryCase(scenario, { faults: [] });
  if (broken.length > 0) throw new Error(`promises are broken without any fault: ${broken.join('; ')}`);
  const ofNext = calls.findIndex(({ process }) => process >= (calls[0]?.process ?? 0) + 4);
  return calls.slice(0, ofNext < 0 ? undefined : ofNext);
}

/** Every fault at every call; what is late or frozen comes back when all is quiet. */
export function singles(calls: readonly SeenCall[], kinds?: readonly FaultKind[]): Case[] {
  return calls.flatMap(({ index: at, faults }) => {
    const wanted = faults.filter((kind) => kinds?.includes(kind) ?? true);
    return wanted.map((kind) => ({ faults: [{ at, kind }] }));
  });
}

/** Of the first disturbances, and of what comes second after each, so manieth is tried. */
export interface Stride {
  readonly first: number;
  readonly second: number;
}

/** What is late or frozen, coming back before each later call that there is in its absence. */
export async function* comingBack(scenario: Scenario, calls: readonly SeenCall[], { first, second }: Stride): AsyncGenerator<Case> {
  for (const { faults: [fault] } of every(first, singles(calls, ['late', 'frozen']))) {
    if (fault === undefined) continue;
    const { calls: inAbsence } = await tryCase(scenario, { faults: [fault] });
    for (const { index } of every(second, inAbsence.slice(fault.at + 1), fault.at)) yield { faults: [{ ...fault, until: index }] };
  }
}

/** A second fault at each call that there is after a first one. */
export async function* pairs(scenario: Scenario, calls: readonly SeenCall[], { first, second }: Stride): AsyncGenerator<Case> {
  for (const { faults: [fault] } of every(first, singles(calls))) {
    if (fault === undefined) continue;
    const { calls: after } = await tryCase(scenario, { faults: [fault] });
    for (const { faults } of every(second, singles(after.slice(fault.at + 1)), fault.at)) yield { faults: [fault, ...faults] };
  }
}

/** Each act before a call, and nothing else. */
export function actsAlone(calls: readonly SeenCall[], acts: readonly string[], stride: number): readonly Case[] {
  return every(stride, momentsOf(calls, acts)).map((moment) => ({ faults: [], acts: [moment] }));
}

/** Each act before each call with each fault at a call after it. */
export async function* withActs(
  scenario: Scenario, calls: readonly SeenCall[], acts: readonly string[], { first, second }: Stride,
): AsyncGenerator<Case> {
  for (const { at, what } of every(first, momentsOf(calls, acts))) {
    const alone: Case = { faults: [], acts: [{ at, what }] };
    const { calls: after } = await tryCase(scenario, alone);
    for (const { faults } of every(second, singles(after.slice(at)), at)) yield { faults, acts: alone.acts };
  }
}

function momentsOf(calls: readonly SeenCall[], acts: readonly string[]): readonly { readonly at: number; readonly what: string }[] {
  return acts.flatMap((what) => calls.map(({ index: at }) => ({ at, what })));
}

/** Each so manieth, beginning with another one each time. */
export function every<T>(stride: number, items: readonly T[], start = 0): readonly T[] {
  return items.filter((_, index) => (index + start) % stride === 0);
}

function describe({ faults, acts = [] }: Case, calls: readonly SeenCall[]): string {
  const at = (index: number): string => `${calls[index]?.service ?? ''} ${calls[index]?.what ?? ''} (${index})`;
  return [
    ...acts.map((act) => `${act.what} before ${at(act.at)}`),
    ...faults.map((fault) => `${fault.kind}: ${at(fault.at)}${fault.until === undefined ? '' : ` until ${fault.until}`}`),
  ].join(' and ');
}
