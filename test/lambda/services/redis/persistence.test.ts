import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canSignIn, CURRENT, fieldsOf, hashesAt, hashesOf, nobodyOvertook, OLD, PENDING, redisUser, startNode, stopAll } from './redis-rig';
import type { RedisServer } from '../../../../rehearsal/redis';
import { rejection, testInvocation, TestInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

async function rotate(node: RedisServer, invocation: TestInvocation = testInvocation()): Promise<TestInvocation> {
  await redisUser([node], { invocation }).apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook);
  return invocation;
}

describe.each([['an ACL file', true], ['a configuration file', false]])('a server with %s', (_, aclFile) => {
  test('that crashes keeps the passwords', async () => {
    const node = await startNode([OLD, CURRENT], aclFile);
    const { lines } = await rotate(node);
    await node.kill();
    await node.restart();
    expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
    expect(lines).toEqual([]);
  });

  test('saves them although there is nothing to change: an earlier attempt may have ended before it did', async () => {
    const node = await startNode([CURRENT], aclFile);
    await node.command('ACL', 'SETUSER', 'app', `>${PENDING}`);
    await rotate(node);
    await node.kill();
    await node.restart();
    expect(await canSignIn(node, PENDING)).toBe(true);
  });
});

test('a user that the rotation created is there after a crash', async () => {
  const node = await startNode([]);
  await redisUser([node], { config: { aclRules: '~* +@read' } }).apply([fieldsOf(PENDING)], nobodyOvertook);
  await node.kill();
  await node.restart();
  expect(await canSignIn(node, PENDING)).toBe(false); // +@read without +ping: the sign-in itself is what counts
  await redisUser([node]).verify(fieldsOf(PENDING));
});

test('a server that can\'t write its configuration file gets the passwords, and the log says that a restart forgets them', async () => {
  const node = await startNode([CURRENT], false);
  makeUnwritable(node, 'redis.conf');
  const { lines } = await rotate(node);
  expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
  expect(lines).toEqual([['a node needs attention', {
    endpoint: `${node.host}:${node.port}`,
    username: 'app',
    detail: 'a restart of this node forgets the passwords that rotations set: no ACL file, and CONFIG REWRITE answers "ERR Rewriting config file"',
  }]]);
});

test('fails where a server can\'t write its ACL file; clients go on as before, and a retry converges', async () => {
  const node = await startNode();
  makeUnwritable(node, 'users.acl');
  const error = await rejection(rotate(node));
  expect(error).toMatchObject({ code: 'SERVICE_FAILED', reason: expect.stringContaining(`ACL SAVE at ${node.host}:${node.port} failed: ERR There was an error trying to save the ACLs`) });
  expect(await canSignIn(node, CURRENT)).toBe(true);
  rmSync(join(node.home, 'users.acl'), { recursive: true });
  await rotate(node);
  await node.kill();
  await node.restart();
  expect(await hashesAt(node)).toEqual(hashesOf(PENDING, CURRENT));
});

/** Whoever runs the tests may write any file; nobody can rename one over a directory. */
function makeUnwritable({ home }: RedisServer, file: string): void {
  rmSync(join(home, file));
  mkdirSync(join(home, file));
}
