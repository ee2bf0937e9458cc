import { chownSync, cpSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries';

/** The last octal digit of a mode is for others, and its lowest bit lets them pass. */
const mayOthersPass = (mode: number): boolean => mode % 2 === 1;

/**
 * The operating system's user that the server runs as. PostgreSQL refuses root, so root runs it as `nobody`,
 * which every system has: nothing on the machine needs to change.
 */
export class ServerUser {
  static choose(): ServerUser {
    return new ServerUser(process.getuid?.() === 0 ? readNobody() : undefined);
  }

  private constructor(private readonly id: { readonly uid: number; readonly gid: number } | undefined) {}

  /** Options for `spawn`. */
  get spawnOptions(): { readonly uid?: number; readonly gid?: number } {
    return this.id ?? {};
  }

  /** Where this user may have a directory. */
  get temporaryDirectory(): string {
    return this.id === undefined || mayPass(tmpdir()) ? tmpdir() : '/tmp';
  }

  own(path: string): void {
    if (this.id !== undefined) chownSync(path, this.id.uid, this.id.gid);
  }

  /** The binaries, or a copy below `directory` where they lie beneath one that is closed to this user, as `/root` is. */
  reachable(binaries: PostgresBinaries, directory: string): PostgresBinaries {
    if (this.id === undefined || mayPass(binaries.directory)) return binaries;
    const copy = join(directory, 'native');
    cpSync(binaries.directory, copy, { recursive: true, verbatimSymlinks: true });
    return { ...binaries, directory: copy };
  }
}

function readNobody(): { uid: number; gid: number } {
  const entry = readFileSync('/etc/passwd', 'utf8').split('\n').find(line => line.startsWith('nobody:'));
  if (entry === undefined) throw new Error('PostgreSQL does not run as root, and there is no user "nobody" to run it as: run this as another user');
  const [, , uid, gid] = entry.split(':').map(Number);
  return { uid: unsigned(uid), gid: unsigned(gid) };
}

/** macOS writes -2. */
function unsigned(id = 65_534): number {
  return id < 0 ? id + 2 ** 32 : id;
}

function mayPass(directory: string): boolean {
  const parent = dirname(directory);
  return mayOthersPass(statSync(directory).mode) && (parent === directory || mayPass(parent));
}
