import { readFileSync } from 'fs';
import { join, resolve } from 'path';
import { apiFaults, lostExports } from './api-lint/api-faults';
import { Assembly } from './api-lint/assembly';

function main(root: string): void {
  const assembly = JSON.parse(readFileSync(join(root, '.jsii'), 'utf8')) as Assembly;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what the compiled package exports is known only once it is loaded
  const exported = Object.keys(require(join(root, 'lib')) as object);
  const faults = [...apiFaults(assembly), ...lostExports(assembly, exported)];
  faults.forEach(fault => console.error(fault));
  console.log(`api-lint: ${Object.keys(assembly.types ?? {}).length} types, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

if (require.main === module) main(resolve(__dirname, '..'));
