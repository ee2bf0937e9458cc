import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Valkey's distributions bring `valkey-server`, some of them `redis-server`, too. */
const NAMES = ['redis-server', 'valkey-server'];

/** Path of the server's program on `PATH`; undefined where the machine has none. */
export function findRedis(): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(directory => directory !== '');
  return NAMES.flatMap(name => directories.map(directory => join(directory, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
