import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { median, Row, rounded } from './measure';

const LOADS = 15;
// Prints how long `require` of the bundle takes in a fresh process, without the start of Node.js itself.
const LOAD = 'const started = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - started));';

/** Size and load time of each handler's bundle, as Lambda would load it in a cold start. */
export function measureBundles(assets: string): Row[] {
  return readdirSync(join(assets, 'lambda')).sort().flatMap((name) => {
    const bundle = join(assets, 'lambda', name, 'index.js');
    const loads = Array.from({ length: LOADS }, () => Number(execFileSync(process.execPath, ['-e', LOAD, bundle], { encoding: 'utf8' })));
    return [
      { what: `bundle \`${name}\`, minified`, measured: `${Math.ceil(statSync(bundle).size / 1024)} KB`, aim: '≤ 400 KB' },
      { what: `bundle \`${name}\` loads in (median of ${LOADS} processes, Node.js ${process.versions.node})`, measured: `${rounded(median(loads))} ms`, aim: '≤ 45 ms' },
    ];
  });
}
