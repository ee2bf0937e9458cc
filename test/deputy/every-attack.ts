import { Attack, attacks, Bait } from './attacks';
import { attempt, Outcome, Place, Stage } from './attempt';
import type { Decoy } from './decoy';

interface Scene {
  readonly decoy: Decoy;
  readonly bait: Omit<Bait, 'secretArn'>;
  /** A fresh one for each case. */
  readonly start: (place: Place) => Promise<Stage>;
  /** Beyond what every service is tried with. */
  readonly more?: (bait: Bait) => readonly Attack[];
  /** Where a value that is not the rotation's own stops it in any case. */
  readonly stopping?: Place;
}

/** One test per place; each prints how many cases it tried, and names the one that failed. */
export function everyAttack(title: string, places: readonly Place[], scene: () => Scene): void {
  test.each(places)(`${title}: whatever a writer changes in %s, nobody is led astray`, async (place) => {
    const { decoy, bait, start, more, stopping } = scene();
    const outcomes: Outcome[] = [];
    for (let index = 0; ; index++) {
      const stage = await start(place);
      try {
        const known = { ...bait, secretArn: stage.rig.secretsManager.createSecret({ name: 'bait', secretString: JSON.stringify({ username: bait.username, password: 'of-the-bait' }) }).arn };
        const attack = [...attacks(decoy, known), ...more?.(known) ?? []][index];
        if (attack === undefined) break;
        outcomes.push(await attempt(stage, decoy, place, attack).catch((error: unknown) => { throw new Error(`${place} with ${JSON.stringify(attack)}: ${String(error)}`, { cause: error }); }));
      } finally {
        await stage.stop();
      }
    }
    process.stdout.write(`  ${title}, ${place}: ${outcomes.length} cases, of which ${outcomes.filter((one) => one === 'went through').length} went through\n`);
    expect(outcomes.includes('went through')).toBe(place !== stopping); // or nothing would be tried beyond the first step
  });
}
