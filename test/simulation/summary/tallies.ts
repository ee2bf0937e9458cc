import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a suite of faults came to. */
export interface Tally {
  readonly name: string;
  readonly cases: number;
  readonly checked: number;
  readonly violations: number;
}

/** Suites run in several processes, so each leaves a file. */
const FOLDER = join(__dirname, '..', '..', '..', 'test-reports', 'faults');

export function clearTallies(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

export function keepTally(tally: Tally): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${tally.name.replace(/\W+/g, '-')}.json`), JSON.stringify(tally));
}

export function readTallies(): readonly Tally[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Tally);
}
