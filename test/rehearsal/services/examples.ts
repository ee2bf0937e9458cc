import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse, RehearsalOptions } from '../../../rehearsal/rehearse';
import type { RehearsalReport, RotationReport } from '../../../rehearsal/report/model';
import { countRefusals } from '../../../rehearsal/report/refusals';

const EXAMPLES = join(__dirname, '..', '..', '..', 'examples');

/** Synthesizes an example as its user would, and rehearses it. */
export async function rehearseExample(name: string, options: Partial<RehearsalOptions> = {}): Promise<RehearsalReport> {
  const assembly = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-example-'));
  process.env.CDK_OUTDIR = assembly;
  try {
    jest.isolateModules(() => { jest.requireActual(join(EXAMPLES, name, 'app')); });
  } finally {
    delete process.env.CDK_OUTDIR;
  }
  return rehearse({ assembly, rotations: 3, intervalMs: 1_500, ...options });
}

export function standInOf(name: string): string {
  return join(EXAMPLES, name, 'stand-in.js');
}

/** Refused uses of clients that read the secret again within the interval, of how many. */
export function refusals(rotation: RotationReport): { readonly refused: number; readonly uses: number } {
  const { reReading } = countRefusals(rotation);
  return { refused: reReading.counted, uses: reReading.signIns };
}

