import { CURRENT, fieldsOf, genuine, redisUser, signInElsewhere, startNode, startScripted, stopAll } from './redis-rig';
import { NoVerdict } from '../../../../lambda/engine/contract/errors';
import { freePort } from '../../../../rehearsal/postgres/free-port';
import { CertificateAuthority } from '../../../../rehearsal/tls/certificate-authority';
import type { EndpointConfig } from '../../../../src/private/rotation-config';
import { authority } from '../../../rehearsal/redis/harness';
import { rejection, testInvocation } from '../iam/iam-rig';

jest.setTimeout(60_000);
afterEach(stopAll);

const HOSTS = ['127.0.0.1'];
const signIn = (endpoint: EndpointConfig, remainingMs = 20_000): Promise<void> =>
  redisUser([endpoint], { invocation: testInvocation(remainingMs) }).verify(fieldsOf(CURRENT));

describe('a certificate', () => {
  test('for the name of the node is taken', async () => {
    const { port } = await startScripted(() => '+OK\r\n');
    await signIn({ host: 'localhost', port });
  });

  test.each([
    ['from an unknown CA', new CertificateAuthority('unknown').issue({ hosts: HOSTS }), 'it does not come from a trusted CA'],
    ['for another host', authority.issue({ hosts: ['other.example'] }), 'it was made for another host name'],
    ['that has expired', authority.issue({ hosts: HOSTS, notBefore: new Date(0), notAfter: new Date(1) }), 'it has expired'],
    ['that is self-signed', CertificateAuthority.selfSigned({ hosts: HOSTS }), 'it is self-signed'],
  ])('%s is refused, before the password is sent', async (_, certificate, reason) => {
    const node = await startScripted(() => '+OK\r\n', certificate);
    const error = await rejection(signIn(node));
    expect(error).toMatchObject({ code: 'TLS_CERTIFICATE_REFUSED', reason: expect.stringContaining(`the certificate of 127.0.0.1:${node.port} was refused: ${reason}`) });
    expect(error.remedy).toContain('`certificateAuthority`');
    expect(node.received()).toBe('');
  });

  test('is verified whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const node = await startScripted(() => '+OK\r\n', CertificateAuthority.selfSigned({ hosts: HOSTS }));
    expect((await signInElsewhere(node, fieldsOf(CURRENT), { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).stdout).toBe('TLS_CERTIFICATE_REFUSED\n');
    expect(node.received()).toBe('');
  });

  test('from a CA that NODE_EXTRA_CA_CERTS names is taken where the construct was given none', async () => {
    const node = await startNode();
    expect((await signInElsewhere(node, fieldsOf(CURRENT))).stdout).toBe('accepted\n');
    expect((await signInElsewhere(node, fieldsOf(CURRENT), { NODE_EXTRA_CA_CERTS: undefined })).stdout).toBe('TLS_CERTIFICATE_REFUSED\n');
  });

  test('fails where the CA file is missing in the asset', async () => {
    const user = redisUser([await startNode()]);
    await stopAll();
    expect(await rejection(user.verify(fieldsOf(CURRENT)))).toMatchObject({ code: 'CA_MISSING' });
  });
});

describe('a port', () => {
  test('of a real Redis that speaks no TLS there gives no verdict: it waits for the end of a line', async () => {
    const node = await startNode();
    const port = await freePort();
    await node.command('CONFIG', 'SET', 'port', String(port));
    expect(await rejection(signIn({ host: node.host, port }, 800))).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('no end of the TLS handshake') });
  });

  test('that answers TLS with clear text gets no password', async () => {
    const plain = await startScripted(() => '-ERR unknown command\r\n', null);
    expect(await rejection(signIn(plain))).toMatchObject({ code: 'TLS_UNAVAILABLE' });
    expect(plain.received()).not.toContain('AUTH');
  });

  test('behind which nothing listens gives no verdict', async () => {
    const node = await startNode();
    await node.kill();
    expect(await rejection(signIn(node))).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: `127.0.0.1:${node.port} was not reached (ECONNREFUSED)` });
  });

  test.each([
    ['ends no TLS handshake', null, (): undefined => undefined, 'no end of the TLS handshake within 1000 ms'],
    ['never answers', genuine, (): undefined => undefined, 'no answer within 1000 ms'],
  ] as const)('that %s gives no verdict', async (_, certificate, answer, reason) => {
    const node = await startScripted(answer, certificate);
    const error = await rejection(signIn(node, 600));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error.reason).toBe(`127.0.0.1:${node.port} was not reached (${reason})`);
  });

  test('that hangs up gives no verdict', async () => {
    const node = await startScripted((_, socket) => { socket.destroy(); return undefined; });
    expect(await rejection(signIn(node))).toBeInstanceOf(NoVerdict);
  });

  test.each([['HTTP/1.1 400 Bad Request\r\n\r\n'], [`$${'9'.repeat(10)}\r\n${'x'.repeat(5 * 1024 * 1024)}`], ['*1\r\n:NaN\r\n']])('fails as no Redis: %#', async (text) => {
    expect(await rejection(signIn(await startScripted(() => text)))).toMatchObject({ code: 'MISCONFIGURED', reason: expect.stringContaining('does not answer as Redis or Valkey does') });
  });
});

describe('AUTH answered with', () => {
  test.each([
    ['-WRONGPASS invalid username-password pair or user is disabled.', 'SIGN_IN_REFUSED'],
    ['-LOADING Redis is loading the dataset in memory', 'SERVICE_BUSY'],
    ['-ERR max number of clients reached', 'SERVICE_BUSY'],
    ['-ERR wrong number of arguments for \'auth\' command', 'MISCONFIGURED'],
    ['-ERR unknown command \'AUTH\', with args beginning with: \'app\'', 'MISCONFIGURED'],
    ['-NOAUTH Authentication required.', 'SERVICE_FAILED'],
    ['-DENIED Redis is running in protected mode', 'SERVICE_FAILED'],
    ['+PONG', 'SERVICE_FAILED'],
  ])('%s fails with %s', async (answer, code) => {
    expect(await rejection(signIn(await startScripted(() => `${answer}\r\n`)))).toMatchObject({ code });
  });
});
