import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'iovalkey';
import { CURRENT, fieldsOf, hashOf, nobodyOvertook, OLD, OTHER, PENDING, redisUser, signInElsewhere, startNode, startScripted, stopAll, SUPERUSER } from './redis-rig';
import { authority } from '../../../rehearsal/redis/harness';
import { everythingSaid, rejection, testInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

const SECRETS = [OLD, CURRENT, PENDING, OTHER, SUPERUSER.password];
const PAIR = [fieldsOf(PENDING), fieldsOf(CURRENT)];

function expectNoSecret(text: string): void {
  for (const secret of [...SECRETS, ...SECRETS.map(hashOf)]) expect(text.includes(secret)).toBe(false);
}

describe('no password, nor its hash,', () => {
  test('is seen by MONITOR, in the slow log, or in the log of the server', async () => {
    const node = await startNode([OLD, CURRENT]);
    await node.command('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'loglevel', 'debug');
    await node.command('ACL', 'SETUSER', 'watcher', 'on', '>watchers-password', '+@all');
    const watcher = new Redis({ host: node.host, port: node.port, username: 'watcher', password: 'watchers-password', tls: { ca: authority.certificate } });
    const monitor = await watcher.monitor();
    const seen: string[] = [];
    monitor.on('monitor', (...line: unknown[]) => { seen.push(JSON.stringify(line)); });

    const user = redisUser([node]);
    await user.apply(PAIR, nobodyOvertook);
    await user.verify(fieldsOf(PENDING));
    await user.check(fieldsOf(PENDING));
    await rejection(user.verify(fieldsOf(OTHER)));
    await watcher.ping('the end');
    while (!seen.some((line) => line.includes('the end'))) await sleep(5);
    const slow = JSON.stringify(await node.command('SLOWLOG', 'GET', '-1'));
    monitor.disconnect();
    watcher.disconnect();

    expect(seen.length).toBeGreaterThan(0);
    expect(slow).toContain('(redacted)');
    expect(node.log()).toContain('Accepted');
    expectNoSecret([...seen, slow, node.log(), JSON.stringify(await node.command('ACL', 'LOG'))].join('\n'));
  });

  test('is in an error, a line of the log or a printed object, whatever the server answers', async () => {
    const told: unknown[] = [];
    const noting = async (work: Promise<unknown>): Promise<void> => { told.push(await work.catch((error: unknown) => error)); };
    const answers = [
      echo((text) => `-ERR unknown command 'AUTH', with args beginning with: ${text}`), echo((text) => `-${text}`), echo((text) => `+${text}`), echo((text) => text), () => undefined,
      (text: string) => (text.includes('AUTH') ? '+OK\r\n' : echo((all) => `-ERR Error in ACL SETUSER modifier '${all}': no`)(text)),
      (text: string) => (text.includes('AUTH') ? '+OK\r\n' : text.includes('GETUSER') ? '*-1\r\n' : echo((all) => `-ERR ${all}`)(text)),
    ];
    for (const answer of answers) {
      const invocation = testInvocation(600);
      const user = redisUser([await startScripted(answer)], { invocation, config: { aclRules: '+@all' } });
      await noting(user.apply(PAIR, nobodyOvertook));
      await noting(user.verify(fieldsOf(OTHER)));
      await noting(user.check(fieldsOf(CURRENT)));
      told.push(invocation);
    }
    expect(told.filter((thing) => thing instanceof Error)).toHaveLength(answers.length * 3 - 3);
    expectNoSecret(everythingSaid(told));
  });

  test('is printed where the environment variable DEBUG asks for all that drivers can tell', async () => {
    const node = await startNode();
    const { stdout, stderr } = await signInElsewhere(node, fieldsOf(CURRENT), { DEBUG: '*', NODE_DEBUG: '*' });
    expect(stdout).toContain('accepted');
    expectNoSecret(stdout + stderr);
  });
});

/** Answers with what it got, in one line. */
function echo(answer: (text: string) => string): (text: string) => string {
  return (text) => `${answer(text.replaceAll('\r\n', ' '))}\r\n`;
}
