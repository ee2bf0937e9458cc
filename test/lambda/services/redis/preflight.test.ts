import { CURRENT, fieldsOf, hashOf, OLD, OTHER, redisUser, startNode, startScripted, stopAll, SUPERUSER, UserOptions } from './redis-rig';
import type { RedisServer } from '../../../../rehearsal/redis';
import { rejection, testInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

const check = (nodes: readonly RedisServer[], options: UserOptions = {}, password: string = CURRENT): Promise<void> =>
  redisUser(nodes, options).check(fieldsOf(password));

describe('a preflight', () => {
  test('looks at each node, changes nothing, and makes no failed sign-in', async () => {
    const nodes = [await startNode([OLD, CURRENT]), await startNode([CURRENT])];
    const before = await Promise.all(nodes.map((node) => node.command('ACL', 'LIST')));
    for (const node of nodes) await node.command('CONFIG', 'RESETSTAT');
    const invocation = testInvocation();
    await check(nodes, { invocation });
    expect(await Promise.all(nodes.map((node) => node.command('ACL', 'LIST')))).toEqual(before);
    expect(invocation.measurements).toMatchObject({ signIns: 2, signInsRefused: 0, retries: 0 });
    for (const node of nodes) expect(await node.command('INFO', 'commandstats')).not.toMatch(/setuser|save|rewrite/);
  });

  test('passes for a user that changes its own passwords', async () => {
    const node = await startNode();
    await node.command('ACL', 'SETUSER', 'app', '+acl', '+config');
    await check([node], { superuser: undefined });
  });

  test('passes for a user that is missing where the rotation creates it', async () => {
    await check([await startNode([])], { config: { aclRules: '+@read' } });
  });

  test('fails for a user that is missing where it does not', async () => {
    expect(await rejection(check([await startNode(), await startNode([])]))).toMatchObject({ code: 'USER_MISSING' });
  });

  test('fails where AWSCURRENT holds none of the passwords: a rotation would remove those that clients use', async () => {
    const node = await startNode([OLD]);
    const invocation = testInvocation();
    const error = await rejection(check([node], { invocation }));
    expect(error).toMatchObject({ code: 'SIGN_IN_REFUSED', reason: expect.stringContaining('the password of AWSCURRENT is none of those that "app" has') });
    expect(invocation.measurements.signInsRefused).toBe(0);
  });

  test.each(['off', 'nopass'])('fails for a user that is %s', async (rule) => {
    const node = await startNode();
    await node.command('ACL', 'SETUSER', 'app', rule);
    expect(await rejection(check([node]))).toMatchObject({ code: 'USER_UNUSABLE' });
  });

  test.each([['acl|getuser'], ['acl|setuser'], ['acl|save']])('fails where the superuser may not run %s', async (command) => {
    const node = await startNode();
    await node.command('ACL', 'SETUSER', 'operator', `-${command}`);
    expect(await rejection(check([node]))).toMatchObject({ code: 'PERMISSION_DENIED', remedy: `Grant it there: ACL SETUSER operator +${command}` });
  });

  test('passes where CONFIG REWRITE alone is not allowed, which not every server needs, and says so', async () => {
    const node = await startNode();
    await node.command('ACL', 'SETUSER', 'operator', '-config');
    const invocation = testInvocation();
    await check([node], { invocation });
    expect(JSON.stringify(invocation.lines)).toContain('may not run CONFIG REWRITE');
  });

  test('passes where the rights can\'t be asked for: the superuser may not, or the server is older than that', async () => {
    const node = await startNode();
    await node.command('ACL', 'SETUSER', 'operator', '-acl|dryrun', '-acl|save');
    await check([node]);
  });

  test('fails where a node is down', async () => {
    const [up, down] = [await startNode(), await startNode()];
    await down.kill();
    expect(await rejection(check([up, down], { invocation: testInvocation(1_000) }))).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  });

  test.each([
    ['has no CA file', async (): Promise<void> => { await redisUser([await startNode()], { config: { customCertificateAuthority: false } }).check(fieldsOf(CURRENT)); }, 'TLS_CERTIFICATE_REFUSED'],
    ['is told a wrong password of the superuser', async (): Promise<void> => check([await startNode()], { superuser: { ...SUPERUSER, password: OTHER } }), 'SUPERUSER_REFUSED'],
  ])('fails where the function %s', async (_, work, code) => {
    expect(await rejection(work())).toMatchObject({ code });
  });

  test('understands how Redis 6 describes a user, which has no ACL DRYRUN', async () => {
    const described = `*6\r\n$5\r\nflags\r\n*1\r\n+on\r\n$9\r\npasswords\r\n*1\r\n$64\r\n${hashOf(CURRENT)}\r\n$8\r\ncommands\r\n$5\r\n+@all\r\n`;
    const old = await startScripted((text) => {
      if (text.includes('AUTH')) return '+OK\r\n';
      return text.includes('GETUSER') ? described : '-ERR Unknown subcommand or wrong number of arguments for \'DRYRUN\'. Try ACL HELP.\r\n';
    });
    await redisUser([old]).check(fieldsOf(CURRENT));
  });
});
