import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { authority, redisBinary, startRedis, stopServers, trySignIn } from './harness';
import { RedisServer } from '../../../rehearsal/redis';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';

const SUPERUSER = { username: 'operator', password: 'operators-password-0' };

afterEach(stopServers);

async function addUser(server: RedisServer, ...passwords: readonly string[]): Promise<void> {
  await server.command('ACL', 'SETUSER', 'app', 'reset', 'on', '~*', '+@all', ...passwords.map((password) => `>${password}`));
}

const signIn = async (server: RedisServer, password: string): Promise<string> => trySignIn(server, { username: 'app', password });

describe('a Redis server of our own', () => {
  test('is the version that its program says', async () => {
    const server = await startRedis();
    expect(execFileSync(redisBinary(), ['--version'], { encoding: 'utf8' })).toContain(`v=${server.version} `);
    expect(await server.command('INFO', 'server')).toContain(server.version);
  });

  test('speaks TLS with the certificate given, and nothing else', async () => {
    const server = await startRedis({ superuser: SUPERUSER });
    expect(await trySignIn(server, SUPERUSER)).toBe('accepted');
    expect(await server.command('CONFIG', 'GET', 'port')).toEqual(['port', '0']);
    expect(await server.command('CONFIG', 'GET', 'unixsocket')).toEqual(['unixsocket', '']);
    const socket = connect({ host: server.host, port: server.port, ca: authority.certificate });
    await once(socket, 'secureConnect');
    expect(socket.getPeerX509Certificate()?.checkIP('127.0.0.1')).toBe('127.0.0.1');
    socket.destroy();
  });

  test('refuses a client that speaks no TLS, and one that trusts another authority refuses it', async () => {
    const server = await startRedis({ superuser: SUPERUSER });
    expect(await trySignIn(server, SUPERUSER, null)).toMatch(/ECONNRESET|Connection/);
    expect(await trySignIn(server, SUPERUSER, new CertificateAuthority().certificate)).toMatch(/CERT|SIGNATURE/);
  });

  test('refuses a wrong password, a user that it does not know, and whoever does not sign in', async () => {
    const server = await startRedis({ superuser: SUPERUSER });
    expect(await trySignIn(server, { ...SUPERUSER, password: 'wrong' })).toBe('WRONGPASS');
    expect(await trySignIn(server, { username: 'nobody', password: SUPERUSER.password })).toBe('WRONGPASS');
    expect(await trySignIn(server, {})).toBe('NOAUTH');
    expect(await trySignIn(server, { username: 'default', password: SUPERUSER.password })).toBe('WRONGPASS');
  });

  test.each([[false], [true]])('lets the user "default" be the superuser, with an ACL file: %s', async (aclFile) => {
    const server = await startRedis({ superuser: { ...SUPERUSER, username: 'default' }, aclFile });
    expect(await trySignIn(server, { password: SUPERUSER.password })).toBe('accepted');
    expect(await trySignIn(server, { password: 'wrong' })).toBe('WRONGPASS');
    expect(await trySignIn(server, {})).toBe('NOAUTH');
  });

  test('accepts two passwords of a user at once, and refuses the one that is taken away', async () => {
    const server = await startRedis();
    await addUser(server, 'one', 'two');
    expect([await signIn(server, 'one'), await signIn(server, 'two'), await signIn(server, 'three')]).toEqual(['accepted', 'accepted', 'WRONGPASS']);
    await server.command('ACL', 'SETUSER', 'app', '<one');
    expect([await signIn(server, 'one'), await signIn(server, 'two')]).toEqual(['WRONGPASS', 'accepted']);
  });

  test('rejects a command with what the server says, or with why it cannot be asked', async () => {
    const server = await startRedis();
    await expect(server.command('ACL', 'SETUSER', 'app', 'nonsense')).rejects.toThrow('ERR Error in ACL SETUSER modifier');
    await server.kill();
    await expect(server.command('PING')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('writes no password down', async () => {
    const server = await startRedis({ superuser: SUPERUSER, aclFile: true });
    const contents = readdirSync(server.home).map((name) => readFileSync(join(server.home, name), 'utf8')).join();
    expect(contents).toContain(SUPERUSER.username);
    expect(contents).not.toContain(SUPERUSER.password);
  });
});

describe.each(['restart', 'kill'] as const)('over a %s', (how) => {
  async function interrupt(server: RedisServer): Promise<void> {
    if (how === 'kill') {
      await server.kill();
      expect(await signIn(server, 'one')).toBe('ECONNREFUSED');
    }
    await server.restart();
  }

  test('the port and the superuser stay', async () => {
    const server = await startRedis({ superuser: SUPERUSER });
    const { port } = server;
    await interrupt(server);
    expect(server.port).toBe(port);
    expect(await trySignIn(server, SUPERUSER)).toBe('accepted');
  });

  test('changes of users are gone without an ACL file, where ACL SAVE is refused', async () => {
    const server = await startRedis();
    await addUser(server, 'one');
    await expect(server.command('ACL', 'SAVE')).rejects.toThrow('not configured to use an ACL file');
    await interrupt(server);
    expect(await signIn(server, 'one')).toBe('WRONGPASS');
  });

  test('changes of users are there again with an ACL file, but only what ACL SAVE wrote', async () => {
    const server = await startRedis({ superuser: SUPERUSER, aclFile: true });
    await addUser(server, 'one');
    await server.command('ACL', 'SAVE');
    await addUser(server, 'two');
    await interrupt(server);
    expect([await signIn(server, 'one'), await signIn(server, 'two')]).toEqual(['accepted', 'WRONGPASS']);
    expect(await trySignIn(server, SUPERUSER)).toBe('accepted');
  });

  test('data is there again only where SAVE wrote it', async () => {
    const server = await startRedis();
    await server.command('SET', 'saved', 'yes');
    await server.command('SAVE');
    await server.command('SET', 'unsaved', 'yes');
    await interrupt(server);
    expect(await server.command('MGET', 'saved', 'unsaved')).toEqual(['yes', null]);
  });
});

describe('the files and processes of a server', () => {
  test('are gone when it stops; its log can still be read', async () => {
    const server = await startRedis();
    const pid = await processOf(server);
    await server.stop();
    expect([existsSync(server.home), isRunning(pid)]).toEqual([false, false]);
    expect(server.log()).toContain('Ready to accept connections');
    await server.stop();
  });

  test('are gone soon after the process that started it was killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'orphan.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data') as [Buffer];
    const home = line.toString().trim();
    const pid = Number(/pid=(\d+)/.exec(readFileSync(join(home, 'server.log'), 'utf8'))?.[1]);
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    while (existsSync(home) || isRunning(pid)) await sleep(50); // else the test times out
  });

  test.each([
    ['its certificate is none', { certificate: 'nonsense' }, /did not start:[^]*certificate/],
    ['its program is none', { binary: join(tmpdir(), 'no-such-redis') }, /ENOENT/],
    ['its program is another', { binary: process.execPath }, /is no Redis or Valkey server/],
  ])('do not remain when it fails to start because %s', async (_, options, message) => {
    const parent = mkdtempSync(join(tmpdir(), 'parent-'));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = parent;
    try {
      await expect(startRedis(options)).rejects.toThrow(message);
      expect(readdirSync(parent)).toEqual([]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(parent, { recursive: true });
    }
  });
});

async function processOf(server: RedisServer): Promise<number> {
  return Number(/process_id:(\d+)/.exec(String(await server.command('INFO', 'server')))?.[1]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
