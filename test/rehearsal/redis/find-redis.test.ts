import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findRedis } from '../../../rehearsal/redis';

const { PATH } = process.env;
let root: string;

beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'find-redis-')); });
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(root, { recursive: true });
});

/** Directories for `PATH`, each with the named files. */
function onPath(...directories: readonly (readonly string[])[]): string[] {
  const paths = directories.map((names, index) => {
    const directory = join(root, String(index));
    mkdirSync(directory);
    names.forEach((name) => { writeFileSync(join(directory, name), '', { mode: 0o755 }); });
    return directory;
  });
  process.env.PATH = paths.join(delimiter);
  return paths;
}

describe('findRedis', () => {
  test.each(['redis-server', 'valkey-server'])('finds %s wherever on PATH it is', (name) => {
    const [, second = ''] = onPath([], [name]);
    expect(findRedis()).toBe(join(second, name));
  });

  test('prefers redis-server where both are, and the first of several', () => {
    const [, second = ''] = onPath(['valkey-server'], ['redis-server'], ['redis-server']);
    expect(findRedis()).toBe(join(second, 'redis-server'));
  });

  test('finds none where there is none', () => {
    onPath(['redis-cli']);
    expect(findRedis()).toBeUndefined();
    process.env.PATH = '';
    expect(findRedis()).toBeUndefined();
    delete process.env.PATH;
    expect(findRedis()).toBeUndefined();
  });

  test('takes neither a directory nor a file without the right to execute it', () => {
    const [first = '', second = ''] = onPath([], ['redis-server']);
    mkdirSync(join(first, 'redis-server'));
    chmodSync(join(second, 'redis-server'), 0o644);
    expect(findRedis()).toBeUndefined();
  });
});
