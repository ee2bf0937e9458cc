import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTimelineSvg } from '../rehearsal/report';
import type { RehearsalReport } from '../rehearsal/report/model';

/** The timeline of each strategy, for the README. */
export function drawTimelines({ rotations }: RehearsalReport, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const rotation of rotations) writeFileSync(join(folder, `rehearsal-${rotation.strategy}.svg`), renderTimelineSvg(rotation));
}
