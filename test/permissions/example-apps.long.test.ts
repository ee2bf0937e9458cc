import { Synthesized } from './grants';
import { Case, extraActions, narrowings, rehearseRound, rounds, wildcards } from './rounds';
import { standInOf } from '../rehearsal/services/examples';

jest.setTimeout(1_800_000);

const EXAMPLES = ['access-keys', 'redis-users', 'api-keys', 'postgres-three-strategies', 'alternating-users-aurora'] as const;

describe.each(EXAMPLES)('the example %s', (example) => {
  const options = example === 'api-keys' ? { standIns: [standInOf(example)] } : {};
  let app: Synthesized;
  beforeAll(() => { app = new Synthesized(example); });

  async function expectNotHeld(cases: readonly Case[]): Promise<void> {
    for (const round of rounds(cases)) expect(await rehearseRound(app, round, options)).toMatchObject({ held: false });
    process.stdout.write(`  ${example}: ${cases.length} cases\n`);
  }

  test('fails for the call that is denied, and names it, whichever action is taken away or granted for something else', () => expectNotHeld(narrowings(app.grants)));

  test('fails for each action that it is granted and nobody uses, and names it', () => expectNotHeld(extraActions(app.grants)));

  test('fails for each statement for every resource, of which one is used, and names it', () => expectNotHeld(wildcards(app.grants)));
});
