import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The smallest file that `entry` accepts. */
export const COMMON_JS = 'exports.contractVersion = 1;\nexports.createService = () => ({ family: \'issued\' });\n';

/** Writes a file of a service of one's own into a folder of its own. */
export function entryFile(text: string = COMMON_JS, name = 'service.js'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-entry-')), name);
  writeFileSync(path, text);
  return path;
}
