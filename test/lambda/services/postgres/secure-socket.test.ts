import { execFile } from 'node:child_process';
import { AddressInfo, createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RotationError } from '../../../../lambda/engine/contract/errors';
import { openSecureSocket } from '../../../../lambda/services/postgres/secure-socket';
import { PostgresServer } from '../../../../rehearsal/postgres/server';
import { CertificateAuthority, ServerCertificate } from '../../../../rehearsal/tls/certificate-authority';
import { NEWEST, startServer, testAuthority } from '../../../support/postgres';
import { rejection } from '../../../support/postgres-service';

const HOSTS = ['localhost'];
const OPEN_SOCKET = join(__dirname, '..', '..', '..', 'support', 'postgres-open-socket.ts');
const YESTERDAY = new Date(Date.now() - 86_400_000);
const TOMORROW = new Date(Date.now() + 86_400_000);

interface BadCertificate {
  readonly name: string;
  readonly make: () => ServerCertificate;
  readonly reason: string;
}

const BAD: readonly BadCertificate[] = [
  { name: 'expired', make: () => testAuthority.issue({ hosts: HOSTS, notBefore: new Date(0), notAfter: YESTERDAY }), reason: 'it has expired' },
  { name: 'not valid yet', make: () => testAuthority.issue({ hosts: HOSTS, notBefore: TOMORROW }), reason: 'it is not valid yet' },
  { name: 'for another host', make: () => testAuthority.issue({ hosts: ['db.example.com'] }), reason: 'it was made for another host name' },
  { name: 'self-signed', make: () => CertificateAuthority.selfSigned({ hosts: HOSTS }), reason: 'it is self-signed' },
  { name: 'from an unknown CA', make: () => new CertificateAuthority('unknown').issue({ hosts: HOSTS }), reason: 'it does not come from a trusted CA' },
  { name: 'from an unknown CA of the same name', make: () => new CertificateAuthority('test CA').issue({ hosts: HOSTS }), reason: 'it does not come from a trusted CA' },
];

describe.each(NEWEST)('a TLS connection to PostgreSQL %i', major => {
  let server: PostgresServer;
  const open = (host = 'localhost', authorities = testAuthority.certificate): ReturnType<typeof openSecureSocket> =>
    openSecureSocket({ endpoint: { host, port: server.port }, authorities, timeoutMs: 5_000 });

  afterEach(() => server.stop());

  test.each(['localhost', '127.0.0.1'])('is verified against the host %s', async host => {
    server = await startServer(major);
    const socket = await open(host);
    expect([socket.authorized, socket.encrypted]).toEqual([true, true]);
    expect(socket.getProtocol()).toMatch(/^TLSv1\.[23]$/);
    socket.destroy();
  });

  test('works with the RSA keys that Amazon RDS uses by default', async () => {
    const authority = new CertificateAuthority('RSA', 'rsa-2048');
    server = await startServer(major, authority.issue({ hosts: HOSTS }));
    (await open('localhost', authority.certificate)).destroy();
  });

  test('fails where the server has no TLS', async () => {
    server = await startServer(major, { certificate: undefined, key: undefined, hba: ['host all all all scram-sha-256'] });
    expect(await rejection(open())).toMatchObject({ code: 'TLS_UNAVAILABLE', reason: `localhost:${server.port}: the server does not offer TLS` });
  });
});

describe('a certificate', () => {
  const [major = 18] = NEWEST;

  test.each(BAD)('that is $name is refused, and the remedy names the property', async ({ make, reason }) => {
    const server = await startServer(major, make());
    try {
      const error = await rejection(openSecureSocket({ endpoint: { host: 'localhost', port: server.port }, authorities: testAuthority.certificate, timeoutMs: 5_000 }));
      expect(error.code).toBe('TLS_CERTIFICATE_REFUSED');
      expect(error.reason).toContain(`localhost:${server.port} was refused: ${reason}`);
      expect(error.remedy).toContain('`certificateAuthority`');
    } finally {
      await server.stop();
    }
  });

  test('is verified although the environment says not to', async () => {
    const server = await startServer(major, CertificateAuthority.selfSigned({ hosts: HOSTS }));
    try {
      // In a process of its own, since jest keeps the environment of a test from Node.js itself.
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', OPEN_SOCKET, String(server.port)], {
        env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', TEST_CA: testAuthority.certificate },
      });
      expect(stdout).toBe('TLS_CERTIFICATE_REFUSED');
    } finally {
      await server.stop();
    }
  });
});

describe('a server that', () => {
  const against = async (answer: (socket: Socket) => void, timeoutMs = 5_000): Promise<RotationError> => {
    const server = createServer(socket => { socket.on('error', () => undefined).once('data', () => answer(socket)); });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const error = await rejection(openSecureSocket({ endpoint: { host: '127.0.0.1', port }, authorities: testAuthority.certificate, timeoutMs }));
    await new Promise(resolve => server.close(resolve));
    return error;
  };

  test.each<[string, string, (socket: Socket) => void]>([
    ['sends unencrypted bytes along with its answer', 'TLS_UNAVAILABLE', socket => { socket.end('SR\0\0\0\x08'); }],
    ['answers yes and then speaks something else', 'TLS_UNAVAILABLE', socket => { socket.write('S'); socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')); }],
    ['answers with an error', 'SERVICE_UNREACHABLE', socket => { socket.end('Ecould not fork'); }],
    ['hangs up', 'SERVICE_UNREACHABLE', socket => { socket.end(); }],
    ['resets the connection', 'SERVICE_UNREACHABLE', socket => { socket.resetAndDestroy(); }],
    ['hangs up in the handshake', 'SERVICE_UNREACHABLE', socket => { socket.write('S'); socket.once('data', () => socket.destroy()); }],
  ])('%s fails as %s', async (_case, code, answer) => {
    expect((await against(answer)).code).toBe(code);
  });

  test('says nothing fails as SERVICE_UNREACHABLE when the time is over', async () => {
    let silent: Socket | undefined;
    const error = await against(socket => { silent = socket; }, 50);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('no answer within 50 ms') });
    silent?.destroy();
  });

  test.each(['127.0.0.1', 'localhost', 'no-such-host.invalid'])('is not there (%s) fails as SERVICE_UNREACHABLE', async host => {
    const error = await rejection(openSecureSocket({ endpoint: { host, port: 1 }, authorities: testAuthority.certificate, timeoutMs: 5_000 }));
    expect(error.code).toBe('SERVICE_UNREACHABLE');
    expect(error.remedy).toContain('security groups');
  });
});
