import { createHash } from 'crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync } from 'fs';
import { join, relative } from 'path';

/** Puts `source` in the place of `target`, which goes to `old`; leaves an equal target alone, so that nobody who reads it is disturbed. */
export function replaceDirectory(source: string, target: string, old: string): void {
  if (existsSync(target)) {
    if (directoryDigest(source) === directoryDigest(target)) return;
    renameSync(target, old);
  }
  renameSync(source, target);
}

/** Digest of the names and contents of all files. */
export function directoryDigest(directory: string): string {
  const hash = createHash('sha256');
  for (const file of filesIn(directory)) {
    hash.update(`${relative(directory, file)}\0`).update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex');
}

export function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map(file => join(directory, file))
    .filter(file => statSync(file).isFile())
    .sort();
}
