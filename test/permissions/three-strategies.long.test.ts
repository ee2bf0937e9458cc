import { Synthesized } from './grants';
import { Case, extraActions, narrowings, rehearseRound, rounds, wildcards } from './rounds';
import type { RehearsalReport } from '../../rehearsal/report/model';

jest.setTimeout(120_000);

/** One rotation of a user of PostgreSQL makes every call that there is. */
const ONCE = { rotations: 1 };

/** All statements of all examples: `example-apps.long.test.ts`. */
describe('the example of the three strategies for PostgreSQL, of which a statement', () => {
  const app = new Synthesized('postgres-three-strategies');

  test.each([0, 3, 4])('is narrowed fails for the call that is denied, and names it (round %i)', async (index) => {
    const round = rounds(narrowings(app.grants))[index] ?? [];
    expect(round.length).toBeGreaterThan(1);
    expect(await rehearseRound(app, round, ONCE)).toMatchObject({ held: false });
  });

  describe('is widened', () => {
    let report: RehearsalReport;
    const [[extra], [, wildcard]] = [rounds(extraActions(app.grants))[0] ?? [], rounds(wildcards(app.grants))[0] ?? []];

    beforeAll(async () => {
      const both = [extra, wildcard].flatMap((one) => (one ? [{ ...one, expect: () => undefined }] : [])); // each test looks at what was said of its own
      report = await rehearseRound(app, both, ONCE);
    });

    function judge(one: Case | undefined): void {
      const rotations = report.rotations.filter(({ constructPath }) => constructPath === one?.grant.constructPath);
      expect(rotations).toHaveLength(1);
      rotations.forEach((rotation) => one?.expect(rotation));
    }

    test('names an action that nobody uses', () => judge(extra));

    test('names a wildcard of which one resource is used', () => judge(wildcard));

    test('fails: it does not hold', () => expect(report.held).toBe(false));
  });
});
