import { ExternalCall, ExternalCalls, FaultKind } from './external-calls';
import { RotationRig, STEPS } from './rotation-rig';

/** A world in which a rotation runs, and its promises. */
export interface FaultWorld {
  readonly rig: RotationRig;
  /** What no instant may break; returns what is broken. */
  atEachCall(): Promise<string[]>;
  /** What must hold once the rotation is over; returns what is broken. */
  atTheEnd(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface FaultCase {
  readonly call: ExternalCall;
  readonly kind: FaultKind;
}

const KINDS: readonly FaultKind[] = ['killed before', 'killed after', 'fails before', 'fails after', 'twice'];
const ATTEMPTS = 4;

/** Every call of an undisturbed rotation, failing in every way. */
export async function faultCases(start: () => Promise<FaultWorld>): Promise<FaultCase[]> {
  const calls = new ExternalCalls();
  const world = await start();
  calls.install();
  try {
    await rotateUnder(calls, world);
  } finally {
    calls.uninstall();
    await world.stop();
  }
  return calls.seen.flatMap((call) => kindsFor(call).map((kind) => ({ call, kind })));
}

export function isKill({ kind }: FaultCase): boolean {
  return kind.startsWith('killed');
}

/** One rotation with one fault, and the next without; returns what was broken, and where. */
export async function tryCase(start: () => Promise<FaultWorld>, { call, kind }: FaultCase): Promise<string[]> {
  const broken: string[] = [];
  const calls = new ExternalCalls();
  const world = await start();
  calls.observe = async (seen) => { broken.push(...(await world.atEachCall()).map((what) => `before ${seen.what}: ${what}`)); };
  calls.fault = { index: call.index, kind };
  calls.install();
  try {
    broken.push(...await rotateUnder(calls, world), ...await world.atTheEnd());
    calls.fault = undefined;
    broken.push(...await rotateUnder(calls, world), ...(await world.atTheEnd()).map((what) => `after the next rotation: ${what}`));
  } finally {
    calls.uninstall();
    await world.stop();
  }
  return broken.map((what) => `${call.service} ${call.what} ${kind}: ${what}`);
}

/** Secrets Manager's part: retries with the same token; a rotation that does not end is cancelled, and the next one must. */
async function rotateUnder(calls: ExternalCalls, world: FaultWorld): Promise<string[]> {
  if (await attempts(calls, world, world.rig.begin())) return [];
  await world.rig.cancel();
  return await attempts(calls, world, world.rig.begin()) ? [] : ['neither this rotation nor the next one completed'];
}

async function attempts(calls: ExternalCalls, { rig }: FaultWorld, token: string): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      for (const step of STEPS) await calls.run(() => rig.step(step, token));
      return true;
    } catch {
      // The next attempt repeats all steps.
    }
  }
  return false;
}

/** What only reads has no effect that a fault before or after it could tell apart. */
function kindsFor(call: ExternalCall): readonly FaultKind[] {
  if (/^(SELECT|BEGIN|SET|Get|List|Describe)/.test(call.what)) return ['killed before', 'fails after'];
  return KINDS.filter((kind) => kind !== 'twice' || !isConversation(call));
}

/** A sign-in or a part of a transaction does not arrive twice: the connection's protocol has an order. */
function isConversation({ what }: ExternalCall): boolean {
  return what === 'sign-in' || /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|CREATE)/.test(what);
}
