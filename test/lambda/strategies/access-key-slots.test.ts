import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { Intent } from '../../../lambda/multi-credential/issued/intent';
import { AccessKeyRotation, failureOf } from '../../support/access-key-rotation';

/** What may be in a slot: named by AWSCURRENT or AWSPREVIOUS, active or not; made by an invocation that died; made by a human; nothing. */
type Slot = 'current' | 'inactive current' | 'previous' | 'inactive previous' | 'orphan' | 'human-made' | 'absent';

interface Arrangement {
  readonly slots: readonly [Slot, Slot];
  /** The error, or undefined where the rotation goes through. */
  readonly fails?: RegExp;
  /** Which of the slots' keys are there afterwards. */
  readonly left: readonly Slot[];
}

const FOREIGN = /FOREIGN_CREDENTIAL/;
const MISSING = /CREDENTIAL_MISSING/;
const INACTIVE = /CREDENTIAL_INACTIVE/;

const ARRANGEMENTS: readonly Arrangement[] = [
  { slots: ['current', 'previous'], left: ['current'] },
  { slots: ['current', 'inactive previous'], left: ['current'] },
  { slots: ['current', 'orphan'], left: ['current'] },
  { slots: ['current', 'human-made'], fails: FOREIGN, left: ['current', 'human-made'] },
  { slots: ['current', 'absent'], left: ['current'] },
  { slots: ['inactive current', 'previous'], fails: INACTIVE, left: ['inactive current', 'previous'] },
  { slots: ['inactive current', 'inactive previous'], fails: INACTIVE, left: ['inactive current', 'inactive previous'] },
  { slots: ['inactive current', 'orphan'], fails: INACTIVE, left: ['inactive current', 'orphan'] },
  { slots: ['inactive current', 'human-made'], fails: INACTIVE, left: ['inactive current', 'human-made'] },
  { slots: ['inactive current', 'absent'], fails: INACTIVE, left: ['inactive current'] },
  { slots: ['previous', 'orphan'], left: ['previous'] },
  { slots: ['previous', 'human-made'], fails: MISSING, left: ['previous', 'human-made'] },
  { slots: ['previous', 'absent'], left: ['previous'] },
  { slots: ['inactive previous', 'orphan'], left: ['inactive previous'] },
  { slots: ['inactive previous', 'human-made'], fails: MISSING, left: ['inactive previous', 'human-made'] },
  { slots: ['inactive previous', 'absent'], left: ['inactive previous'] },
  { slots: ['orphan', 'orphan'], left: [] },
  { slots: ['orphan', 'human-made'], fails: FOREIGN, left: ['orphan', 'human-made'] },
  { slots: ['orphan', 'absent'], left: [] },
  { slots: ['human-made', 'human-made'], fails: MISSING, left: ['human-made', 'human-made'] },
  { slots: ['human-made', 'absent'], fails: FOREIGN, left: ['human-made'] },
  { slots: ['absent', 'absent'], left: [] },
];

let rotation: AccessKeyRotation;
beforeEach(async () => { rotation = await AccessKeyRotation.start(); });
afterEach(() => rotation.stop());

describe('an access key is kept, retired, removed or left alone by what it is', () => {
  test.each(ARRANGEMENTS)('$slots: left are $left', async ({ slots, fails, left }) => {
    const ids = await arrange(slots);
    if (fails) {
      const before = rotation.keys();
      expect(await failureOf(rotation.rig.rotate())).toMatch(fails);
      expect(rotation.keys()).toEqual(before);
    } else {
      await rotation.rig.rotate();
      expect(rotation.works('AWSCURRENT')).toBe(true);
    }
    expect(slots.filter((_, index) => rotation.ids().includes(ids[index] ?? ''))).toEqual(left);
    expect(rotation.ids()).toHaveLength(left.length + (fails ? 0 : 1));
  });
});

/** Fills both slots, in their order of age; what AWSCURRENT names and is in no slot was deleted by hand. */
async function arrange(slots: readonly Slot[]): Promise<(string | undefined)[]> {
  const ids = new Map<number, string>();
  const place = async (matches: (slot: Slot) => boolean, storing: boolean): Promise<void> => {
    for (const [index, slot] of slots.entries()) {
      if (!matches(slot)) continue;
      const key = rotation.iam.createAccessKey(rotation.userName);
      ids.set(index, key.accessKeyId);
      if (storing) await rotation.rig.putValue(rotation.rig.secretArn, JSON.stringify(key));
      if (slot.startsWith('inactive')) rotation.iam.setStatus(key.accessKeyId, 'Inactive');
    }
  };
  await place((slot) => slot === 'human-made', false);
  await place((slot) => slot.endsWith('previous'), true);
  if (!slots.some((slot) => slot.endsWith('current'))) await storeDeleted();
  await place((slot) => slot.endsWith('current'), true);
  rotation.passTime();
  if (slots.includes('orphan')) await recordIntent();
  await place((slot) => slot === 'orphan', false);
  return slots.map((_, index) => ids.get(index));
}

async function storeDeleted(): Promise<void> {
  await rotation.rig.putValue(rotation.rig.secretArn, JSON.stringify({ accessKeyId: 'AKIADELETEDBYHAND000', secretAccessKey: 'opens-nothing' }));
}

/** What an invocation leaves that dies between its intent and PutSecretValue. */
async function recordIntent(): Promise<void> {
  const live = rotation.keys().map(({ accessKeyId: id, createDate: createdAt }) => ({ id, createdAt, active: true }));
  const { AWSCURRENT } = rotation.rig.secretsManager.snapshot(rotation.rig.secretArn).labels;
  await new SecretsManagerClient({}).send(new UpdateSecretVersionStageCommand({
    SecretId: rotation.rig.secretArn, VersionStage: Intent.label(live, Date.now(), Date.now() + 5), MoveToVersionId: AWSCURRENT,
  }));
  await sleep(10);
}
