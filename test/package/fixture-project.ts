import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, resolve } from 'path';

export const PROJECT_ROOT = resolve(__dirname, '../..');

const roots: string[] = [];
afterAll(() => roots.forEach(root => rmSync(root, { recursive: true, force: true })));

/** A folder with these files and this project's packages; removed after the test file. */
export function fixtureProject(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'fixture-'));
  roots.push(root);
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}
