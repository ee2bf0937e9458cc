import { Subject } from '../promises';
import { RotatedSecret, World } from '../world';

/** Between the guard, which reads the labels, and one of these there is no way to notice that labels move: no service has a write on such a condition. */
const GUARDED = /^(ALTER ROLE|COMMIT|UpdateAccessKey|DeleteAccessKey|CreateAccessKey|ModifyUser|UpdateUser|ACL SETUSER|setPassword|makeAlike)/;

/** Whether a call is about to be made whose guard has been read. */
export function isBetweenGuardAndWrite({ outside }: World): boolean {
  return GUARDED.test(outside.calls.at(-1)?.what ?? '');
}

/** What an operator may do to any rotation. */
export function operatorsOf(secret: RotatedSecret): Subject['acts'] {
  const unlessWriting = (act: () => Promise<void>) => async (): Promise<void> => {
    if (!isBetweenGuardAndWrite(secret.world)) await act();
  };
  return {
    'the rotation is cancelled': unlessWriting(() => secret.cancel()),
    'AWSPENDING is removed by hand': unlessWriting(async () => {
      const { AWSPENDING, AWSCURRENT } = secret.labels;
      if (AWSPENDING !== undefined && AWSPENDING !== AWSCURRENT) await secret.moveLabel('AWSPENDING', undefined);
    }),
    'another rotation begins and ends': unlessWriting(async () => {
      await secret.cancel();
      await secret.attempts(secret.begin());
    }),
  };
}

/** Undisturbed rotations, two days apart. */
export async function rotateUndisturbed(world: World, secret: RotatedSecret, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await secret.steps(secret.begin());
    await world.time.sleep(2 * 86_400_000);
  }
}

/** Without AWSPENDING where it is on AWSCURRENT, which says nothing. */
export function labelsOf({ labels }: RotatedSecret): Readonly<Record<string, string>> {
  const { AWSPENDING, ...others } = labels;
  return AWSPENDING === undefined || AWSPENDING === labels.AWSCURRENT ? others : labels;
}

/** Whether nothing that the function wrote, or its errors said, holds one of these members of any version. */
export function isUntold(world: World, secret: RotatedSecret, ...members: readonly string[]): boolean {
  const told = secret.values.flatMap((value) => members.map((member) => value[member])).filter((value) => typeof value === 'string');
  return told.every((value) => !world.output.includes(value));
}
