import {
  canSignIn, CURRENT, fieldsOf, hashesAt, hashesOf, nobodyOvertook, OLD, OTHER, PENDING, redisUser, startNode, stopAll, SUPERUSER, UserOptions,
} from './redis-rig';
import { NoVerdict, SignInRefused } from '../../../../lambda/engine/contract/errors';
import type { RedisServer } from '../../../../rehearsal/redis';
import { rejection, testInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

const PAIR = [fieldsOf(PENDING), fieldsOf(CURRENT)];

const rotate = (nodes: readonly RedisServer[], options: UserOptions = {}, fence = nobodyOvertook): Promise<void> =>
  redisUser(nodes, options).apply(PAIR, fence);

describe('a value of the secret', () => {
  const user = redisUser([{ host: 'one.example', port: 6379 }, { host: 'two.example', port: 6380 }]);

  test('holds the login, and where the first node is', () => {
    expect(user.facts).toEqual({ host: 'one.example', port: 6379 });
    expect(user.fieldsOf('drawn')).toEqual({ username: 'app', password: 'drawn' });
  });

  test.each([[{ username: 'app' }, 'app'], [{ username: 'admin' }, undefined], [{}, undefined], [{ username: 7 }, undefined]])('%j is for %s', (fields, principal) => {
    expect(user.principalOf(fields)).toBe(principal);
  });

  test.each([{ username: 'app' }, { username: 'app', password: '' }, { password: 'x' }, { username: 'app', password: 7 }])('fails without a login: %j', async (fields) => {
    expect(await rejection(user.apply([fields], nobodyOvertook))).toMatchObject({ code: 'SECRET_MALFORMED' });
    expect(await rejection(user.verify(fields))).toMatchObject({ code: 'SECRET_MALFORMED' });
  });
});

describe('the passwords', () => {
  test('D5: at each node are then the new one and the current one, and no other', async () => {
    const nodes = [await startNode([CURRENT]), await startNode([OLD, CURRENT, OTHER])];
    const invocation = testInvocation();
    await rotate(nodes, { invocation });
    for (const node of nodes) expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
    await redisUser(nodes).verify(fieldsOf(PENDING));
    expect(invocation.measurements).toMatchObject({ signInsRefused: 0, retries: 0 });
  });

  test('are changed by one command, so that nobody is refused in between', async () => {
    const node = await startNode([OLD, CURRENT]);
    await node.command('CONFIG', 'RESETSTAT');
    await rotate([node]);
    expect(await node.command('INFO', 'commandstats')).toContain('cmdstat_acl|setuser:calls=1,');
  });

  test('that are right already are not written, and the fence is not asked', async () => {
    const nodes = [await startNode(), await startNode()];
    await rotate(nodes);
    for (const node of nodes) await node.command('CONFIG', 'RESETSTAT');
    const fences = jest.fn(nobodyOvertook);
    await rotate(nodes, {}, fences);
    expect(fences).not.toHaveBeenCalled();
    for (const node of nodes) expect(await node.command('INFO', 'commandstats')).not.toContain('setuser');
  });

  test('D2: are written at the nodes alone that an earlier attempt did not reach', async () => {
    const [done, left] = [await startNode([PENDING, CURRENT]), await startNode([CURRENT])];
    const fences = jest.fn(nobodyOvertook);
    await rotate([done, left], {}, fences);
    expect(fences).toHaveBeenCalledTimes(1);
    expect(await hashesAt(left)).toEqual(hashesOf(PENDING, CURRENT));
  });

  test('may hold what any character set holds', async () => {
    const node = await startNode();
    const odd = 'pässwörd "with" spaces\r\n$6\r\n& 🔑';
    await redisUser([node]).apply([fieldsOf(odd), fieldsOf(CURRENT)], nobodyOvertook);
    expect(await canSignIn(node, odd)).toBe(true);
    await redisUser([node]).verify(fieldsOf(odd));
  });

  test('are changed at a replica, too, which takes no other write', async () => {
    const [node, replica] = [await startNode(), await startNode()];
    await replica.command('REPLICAOF', node.host, String(node.port));
    expect(await replica.command('SET', 'key', 'value').catch(String)).toContain('READONLY');
    await rotate([node, replica]);
    expect(await hashesAt(replica)).toEqual(hashesOf(PENDING, CURRENT));
    await redisUser([node, replica]).verify(fieldsOf(PENDING));
  });
});

describe('the fence', () => {
  test('that says the rotation was overtaken leaves every node as it was', async () => {
    const nodes = [await startNode([OLD, CURRENT]), await startNode([CURRENT])];
    await expect(rotate(nodes, {}, () => Promise.reject(new Error('overtaken')))).rejects.toThrow('overtaken');
    expect(await hashesAt(nodes[0] as RedisServer)).toEqual(hashesOf(OLD, CURRENT));
    expect(await hashesAt(nodes[1] as RedisServer)).toEqual(hashesOf(CURRENT));
  });

  test('comes after what was read, so that a password of an overtaking rotation is never removed', async () => {
    const node = await startNode([OLD, CURRENT]);
    await rotate([node], {}, async () => { await node.command('ACL', 'SETUSER', 'app', `>${OTHER}`); });
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT, OTHER));
  });

  test('is asked again where somebody else removed a password meanwhile', async () => {
    const node = await startNode([OLD, CURRENT]);
    const fences = jest.fn(async () => { if (fences.mock.calls.length === 1) await node.command('ACL', 'SETUSER', 'app', `<${OLD}`); });
    const invocation = testInvocation();
    await rotate([node], { invocation }, fences);
    expect(fences).toHaveBeenCalledTimes(2);
    expect(invocation.measurements.retries).toBe(1);
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  });
});

describe('a node', () => {
  test('that is down fails the rotation by its name; clients go on as before, and a retry converges', async () => {
    const [up, down] = [await startNode([OLD, CURRENT]), await startNode([OLD, CURRENT])];
    await down.kill();
    const error = await rejection(rotate([down, up], { invocation: testInvocation(1_500) }));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining(`${down.host}:${down.port}`) });
    expect(await hashesAt(up)).toEqual(hashesOf(OLD, CURRENT));
    await down.restart();
    await rotate([down, up]);
    for (const node of [down, up]) expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  });

  test('that is killed right before its write fails the rotation; its clients are not refused, and a retry converges', async () => {
    const [node, killed] = [await startNode(), await startNode()];
    const error = await rejection(rotate([killed], { invocation: testInvocation(1_500) }, () => killed.kill()));
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    await killed.restart();
    expect(await canSignIn(killed, CURRENT)).toBe(true);
    await rotate([node, killed]);
    expect(await canSignIn(killed, PENDING)).toBe(true);
  });

  test('that is killed and restarted in between is waited for', async () => {
    const node = await startNode();
    let restarted: Promise<void> | undefined;
    await rotate([node], {}, async () => {
      if (restarted !== undefined) return;
      await node.kill();
      restarted = node.restart();
    });
    await restarted;
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  });

  test('fails for all of several that are down: one is told, the others are logged', async () => {
    const nodes = [await startNode(), await startNode()];
    for (const node of nodes) await node.kill();
    const invocation = testInvocation(1_200);
    const error = await rejection(rotate(nodes, { invocation }));
    const told = [error.reason, ...invocation.lines.map((line) => JSON.stringify(line))].join('\n');
    for (const { host, port } of nodes) expect(told).toContain(`${host}:${port}`);
  });

  test('fails where none is configured, for nobody would be told', () => {
    expect(() => redisUser([])).toThrow('MISCONFIGURED');
  });
});

describe('without a superuser', () => {
  const itself = { superuser: undefined };

  async function startSelfServing(passwords: readonly string[]): Promise<RedisServer> {
    const node = await startNode(passwords);
    await node.command('ACL', 'SETUSER', 'app', '+acl|getuser', '+acl|setuser', '+acl|save');
    return node;
  }

  test('the user changes its own passwords, and makes no failed sign-in', async () => {
    const nodes = [await startSelfServing([OLD, CURRENT]), await startSelfServing([CURRENT])];
    const invocation = testInvocation();
    await rotate(nodes, { ...itself, invocation });
    for (const node of nodes) expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
    expect(invocation.measurements.signInsRefused).toBe(0);
  });

  test('it signs in with the new password where the current one is refused', async () => {
    const node = await startSelfServing([PENDING]);
    await rotate([node], itself);
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  });

  test('fails where neither is accepted', async () => {
    const node = await startSelfServing([OTHER]);
    const error = await rejection(rotate([node], itself));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error.reason).toContain(`signing in as "app" at ${node.host}:${node.port} was refused`);
    expect(await hashesAt(node)).toEqual(hashesOf(OTHER));
  });

  test('fails with the rule that the user lacks', async () => {
    const node = await startNode();
    const error = await rejection(rotate([node], itself));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', remedy: 'Grant it there: ACL SETUSER app +acl|getuser' });
  });
});

describe('the superuser', () => {
  test.each([
    ['a wrong password', { ...SUPERUSER, password: 'wrong-password-0' }, 'SUPERUSER_REFUSED'],
    ['a name that nobody has', { ...SUPERUSER, username: 'nobody' }, 'SUPERUSER_REFUSED'],
    ['the name of the user', fieldsOf(CURRENT), 'SUPERUSER_IS_THE_SECRET'],
    ['no name', { password: 'x' }, 'SECRET_MALFORMED'],
  ])('fails with %s, and nothing is changed', async (_, superuser, code) => {
    const node = await startNode([OLD, CURRENT]);
    expect(await rejection(rotate([node], { superuser }))).toMatchObject({ code });
    expect(await hashesAt(node)).toEqual(hashesOf(OLD, CURRENT));
  });

  test('needs the rights alone that the errors name, one after the other', async () => {
    const node = await startNode([CURRENT], false);
    await node.command('ACL', 'SETUSER', 'operator', 'reset', 'on', `>${SUPERUSER.password}`);
    const granted: string[] = [];
    for (;;) {
      const error = await rotate([node]).then(() => undefined, (thrown: unknown) => rejection(Promise.reject(thrown)));
      if (error === undefined) break;
      const { code, remedy } = await error;
      expect(code).toBe('PERMISSION_DENIED');
      const command = remedy.split(': ')[1] ?? '';
      await node.command(...command.split(' '));
      granted.push(command);
      expect(granted.length).toBeLessThan(6);
    }
    expect(granted.map((command) => command.split(' ').at(-1))).toEqual(['+acl|getuser', '+acl|setuser', '+acl|save', '+config|rewrite']);
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  });
});

describe('a user that', () => {
  test('is missing is created by the rules of the construct, at the nodes where it is', async () => {
    const [there, missing] = [await startNode(), await startNode([])];
    await rotate([there, missing], { config: { aclRules: '~app:* +@read  +set' } });
    expect(await hashesAt(missing)).toEqual(hashesOf(PENDING, CURRENT));
    expect(await missing.command('ACL', 'LIST')).toContainEqual(expect.stringMatching(/^user app on .*~app:\* .*-@all \+@read \+set$/));
    await redisUser([there, missing]).verify(fieldsOf(PENDING));
  });

  test('is missing fails the rotation where there are no rules, and no node is changed', async () => {
    const [there, missing] = [await startNode([OLD, CURRENT]), await startNode([])];
    const error = await rejection(rotate([there, missing]));
    expect(error).toMatchObject({ code: 'USER_MISSING', reason: expect.stringContaining(`${missing.host}:${missing.port}`) });
    expect(await hashesAt(there)).toEqual(hashesOf(OLD, CURRENT));
    expect(await hashesAt(missing)).toBeUndefined();
  });

  test.each([
    ['off', 'is off at'], ['nopass', 'accepts any password'],
  ])('is %s is refused, and no node is changed', async (rule, reason) => {
    const [usable, unusable] = [await startNode([OLD, CURRENT]), await startNode()];
    await unusable.command('ACL', 'SETUSER', 'app', rule);
    const before = await unusable.command('ACL', 'LIST');
    expect(await rejection(rotate([usable, unusable]))).toMatchObject({ code: 'USER_UNUSABLE', reason: expect.stringContaining(reason) });
    expect(await hashesAt(usable)).toEqual(hashesOf(OLD, CURRENT));
    expect(await unusable.command('ACL', 'LIST')).toEqual(before);
  });

  test.each(['>PaSsWoRd', '(>PaSsWoRd', '<PaSsWoRd', '#0123', '!0123', 'nopass', 'NOPASS', 'resetpass', 'reset', 'off'])('would be created by rules with %s is refused, without a word of it', (rule) => {
    const create = (): unknown => redisUser([{ host: 'one.example', port: 1 }], { config: { aclRules: `+@all ${rule} ~*` } });
    expect(create).toThrow('MISCONFIGURED: the rule 2 of `aclRules`');
    expect(create).not.toThrow('PaSsWoRd');
  });

  test('would be created by rules that the server does not know fails, and is not there', async () => {
    const node = await startNode([]);
    const error = await rejection(rotate([node], { config: { aclRules: '+@all +@nonsense' } }));
    expect(error).toMatchObject({ code: 'MISCONFIGURED', reason: expect.stringContaining("'+@nonsense': Unknown command or category name in ACL") });
    expect(await hashesAt(node)).toBeUndefined();
  });
});

describe('a sign-in', () => {
  test('proves a password at each node, and needs no right of the user', async () => {
    const nodes = [await startNode(), await startNode()];
    for (const node of nodes) await node.command('ACL', 'SETUSER', 'app', '-@all', 'resetkeys');
    const invocation = testInvocation();
    await redisUser(nodes, { invocation }).verify(fieldsOf(CURRENT));
    expect(invocation.measurements).toMatchObject({ signIns: 2, signInsRefused: 0 });
  });

  test('fails where one node does not accept the password', async () => {
    const [done, left] = [await startNode([PENDING, CURRENT]), await startNode([CURRENT])];
    const invocation = testInvocation();
    const error = await rejection(redisUser([done, left], { invocation }).verify(fieldsOf(PENDING)));
    expect(error).toBeInstanceOf(SignInRefused);
    expect(error.reason).toContain(`${left.host}:${left.port}`);
    expect(error.remedy).toContain('ACL GETUSER app');
    expect(invocation.measurements.signInsRefused).toBe(1);
  });

  test('fails without a verdict where a node is down, and with one where another refuses', async () => {
    const [up, down] = [await startNode(), await startNode()];
    await down.kill();
    expect(await rejection(redisUser([up, down]).verify(fieldsOf(CURRENT)))).toBeInstanceOf(NoVerdict);
    expect(await rejection(redisUser([down, up]).verify(fieldsOf(OTHER)))).toBeInstanceOf(SignInRefused);
  });
});
