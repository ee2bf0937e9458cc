import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The bundle of an entry point: beside the bundle that runs this, or in the checkout that it was made in. */
export function bundledEntry(name: 'preload' | 'bootstrap'): string {
  const candidates = [join(__dirname, `${name}.js`), join(__dirname, '..', '..', 'assets', 'rehearsal', `${name}.js`)];
  const found = candidates.find(candidate => existsSync(candidate));
  if (found === undefined) throw new Error(`The bundle ${name}.js is missing: run \`npx projen bundle\` first`);
  return found;
}
