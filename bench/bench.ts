import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBundles } from './bundles';
import { Row, table } from './measure';
import { drawTimelines } from './pictures';
import { countOf, measureManyFlips, rehearseStrategies } from './rotations';
import { measureSynth } from './synth';
import { measureWindow } from './window';

/** Prints the figures of the README and draws its pictures. Each is measured here and now; run it on a quiet machine. */
async function main(): Promise<void> {
  const root = join(__dirname, '..');
  const scratch = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-bench-'));
  try {
    const rows: Row[] = [];
    const measurements: (() => Row[] | Promise<Row[]>)[] = [
      () => measureBundles(join(root, 'assets')),
      () => measureSynth(),
      () => measureWindow(),
      () => {
        const report = rehearseStrategies(root, scratch);
        drawTimelines(report, join(root, 'docs', 'images'));
        return countOf(report);
      },
      () => measureManyFlips(root, scratch),
    ];
    for (const measure of measurements) {
      const measured = await measure();
      for (const { what, measured: figure } of measured) process.stderr.write(`${what}: ${figure}\n`);
      rows.push(...measured);
    }
    process.stdout.write(`${table(rows)}\n`);
    const [file] = process.argv.slice(2);
    if (file !== undefined) writeFileSync(file, `${table(rows)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main();
