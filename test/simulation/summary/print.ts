import { readTallies, Tally } from './tallies';

/** Jest's globalTeardown: one line for all suites of faults of the run. */
export = async (): Promise<void> => {
  const tallies = readTallies();
  if (tallies.length === 0) return;
  const sum = (member: 'cases' | 'checked' | 'violations'): string =>
    tallies.reduce((total: number, tally: Tally) => total + tally[member], 0).toLocaleString('en-US');
  process.stderr.write(`\nFaults in simulation: ${tallies.length} strategies and services, ${sum('cases')} cases, ${sum('checked')} promises checked, ${sum('violations')} violations\n`);
};
