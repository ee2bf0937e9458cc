import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BinariesMissing, findBinaries } from '../../../rehearsal/postgres/binaries';
import { describePostgres, MAJORS, MASTER, startServer } from '../../support/postgres';

describePostgres('a server of our own', postgres => {
  test('is the version that was asked for', async () => {
    const { rows } = await postgres.superuser.query<{ server_version: string }>('SHOW server_version');
    expect(rows[0]?.server_version).toBe(postgres.server.version);
    expect(postgres.server.version).toMatch(new RegExp(`^${postgres.major}\\.`));
  });

  test('takes sign-ins over TLS with SCRAM verifiers, in UTF-8', async () => {
    const { rows } = await postgres.superuser.query('SELECT ssl, (SELECT encoding FROM pg_database WHERE datname = current_database()) = 6 AS utf8 FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(rows).toEqual([{ ssl: true, utf8: true }]);
    expect(await postgres.storedPassword(MASTER.username)).toMatch(/^SCRAM-SHA-256\$/);
  });

  test('has a master user as on Amazon RDS: no superuser, but one who may create roles and databases', async () => {
    const { rows } = await postgres.superuser.query(
      "SELECT rolsuper, rolcreaterole, rolcreatedb, pg_has_role(oid, 'rds_superuser', 'MEMBER') AS member FROM pg_roles WHERE rolname = $1", [MASTER.username]);
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: true, rolcreatedb: true, member: true }]);
  });

  test.each(['restart', 'crash'] as const)('keeps its data and its port over a %s', async how => {
    const login = await postgres.createLogin();
    const { port } = postgres.server;
    await postgres.superuser.query('CHECKPOINT');
    if (how === 'restart') await postgres.server.restart();
    if (how === 'crash') {
      await postgres.server.crash();
      expect(await postgres.trySignIn(login)).toBe('ECONNREFUSED');
      await postgres.server.resume();
    }
    expect(postgres.server.port).toBe(port);
    expect(await postgres.trySignIn(login)).toBe('accepted');
    await postgres.reconnect();
  });
});

describe('the files and processes of a server', () => {
  const [major = 18] = MAJORS;

  test('are gone when it stops; its log can still be read', async () => {
    const server = await startServer(major);
    const pid = processOf(server.home);
    expect(isRunning(pid)).toBe(true);
    await server.stop();
    expect([existsSync(server.home), isRunning(pid)]).toEqual([false, false]);
    expect(server.log()).toContain('database system is shut down');
  });

  test('are gone soon after the process that started it was killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, '..', '..', 'support', 'postgres-orphan.ts'), String(major)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data') as [Buffer];
    const home = line.toString().trim();
    const pid = processOf(home);
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    while (existsSync(home) || isRunning(pid)) await sleep(50); // else the test times out
  });

  test('do not remain when it fails to start', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'parent-'));
    chmodSync(parent, 0o755); // for root runs the server as somebody else
    const { TMPDIR } = process.env;
    process.env.TMPDIR = parent;
    try {
      await expect(startServer(major, { settings: { shared_buffers: 'nonsense' } })).rejects.toThrow(/did not start:[^]*shared_buffers/);
      expect(readdirSync(parent)).toEqual([]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(parent, { recursive: true });
    }
  });
});

test('fails with the name of the package when there are no binaries', () => {
  const empty = mkdtempSync(join(tmpdir(), 'empty-'));
  expect(() => findBinaries(empty, 'no-such-postgres')).toThrow(BinariesMissing);
  expect(() => findBinaries(empty, 'no-such-postgres')).toThrow('no-such-postgres is not installed');
  rmSync(empty, { recursive: true });
});

function processOf(home: string): number {
  return Number(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
