import { Boundary, nameOf } from './boundary';
import { Disturbance, KillRig } from './kill-rig';
import { brokenAtTheEnd, brokenNow, refusedNow } from './promises';

/** What goes wrong, and where. */
export interface Case {
  readonly boundary: Boundary;
  readonly how: Disturbance;
  /** Whether somebody cancels the rotation then, instead of Secrets Manager trying it again. */
  readonly cancelled?: boolean;
}

export interface Outcome {
  /** Which promises were broken, and where. */
  readonly broken: readonly string[];
  /** Whether somebody had to cancel the rotation. */
  readonly cancelled: boolean;
}

/** Secrets Manager does not say how often it tries. */
const ATTEMPTS = 3;

/** The boundaries of a rotation in which nothing goes wrong, with clients signing in at each. */
export async function recordBoundaries(rig: KillRig): Promise<readonly Boundary[]> {
  const broken: string[] = [];
  rig.observe = async boundary => { broken.push(...(await refusedNow(rig)).map(what => `${nameOf(boundary)}: ${what}`)); };
  await rig.steps(rig.begin());
  const { seen } = rig;
  broken.push(...await brokenAtTheEnd(rig));
  if (broken.length > 0) throw new Error(`A rotation in which nothing went wrong broke promises:\n${broken.join('\n')}`);
  return seen;
}

/** One rotation with one disturbance, tried again as Secrets Manager does, and the next without. */
export async function tryCase(rig: KillRig, { boundary, how, cancelled = false }: Case): Promise<Outcome> {
  const broken: string[] = [];
  rig.observe = async seen => { broken.push(...(await brokenNow(rig)).map(what => `${nameOf(seen)}: ${what}`)); };
  rig.disturbed = async () => { broken.push(...(await refusedNow(rig)).map(what => `right after it: ${what}`)); };
  rig.disturb(boundary, how);
  const first = await rotateToTheEnd(rig, cancelled ? 1 : ATTEMPTS);
  if (rig.calm()) broken.push('the rotation never came there');
  if (first === 'failed') broken.push('neither the rotation nor the one after its cancellation completed');
  broken.push(...await brokenAtTheEnd(rig));
  if (!await rotateOnce(rig)) broken.push('the next rotation failed');
  broken.push(...(await brokenAtTheEnd(rig)).map(what => `after the next rotation: ${what}`));
  return { broken: broken.map(what => `${how} ${nameOf(boundary)}${cancelled ? ', then cancelled' : ''}: ${what}`), cancelled: first !== 'completed' };
}

/** Retries with the same token; a rotation that does not end is cancelled, and the next one must. */
async function rotateToTheEnd(rig: KillRig, attempts: number): Promise<'completed' | 'cancelled' | 'failed'> {
  const token = rig.begin();
  for (let number = 0; number < attempts; number++) {
    if (await attempt(rig, token)) return 'completed';
  }
  await rig.cancel();
  return await rotateOnce(rig) ? 'cancelled' : 'failed';
}

/** Secrets Manager refuses to begin while an unfinished rotation has left AWSPENDING behind. */
async function rotateOnce(rig: KillRig): Promise<boolean> {
  try {
    return await attempt(rig, rig.begin());
  } catch {
    return false;
  }
}

function attempt(rig: KillRig, token: string): Promise<boolean> {
  return rig.steps(token).then(() => true, () => false);
}
