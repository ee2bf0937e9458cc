import { authority, type Fields, Trials } from './trials';
import { findRedis, RedisServer } from '../../../rehearsal/redis';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';
import { uniqueName } from '../../support/postgres';

const HOST = 'cache.example.com';
const PORT = 6379;
const trials = new Trials();
let server: RedisServer;

const start = (hosts: readonly string[]): Promise<RedisServer> => RedisServer.start({ binary: findRedis() ?? '', ...authority.issue({ hosts }) });

beforeAll(async () => {
  await trials.start();
  server = await start([HOST]);
});
afterAll(async () => {
  await trials.stop();
  await server.stop();
});

/** A user of its own for each test, and its secret. */
async function user(...rules: readonly string[]): Promise<Fields & { readonly username: string; readonly password: string }> {
  const [username, password] = [uniqueName(), uniqueName()];
  await server.command('ACL', 'SETUSER', username, 'on', `>${password}`, ...rules);
  return { host: HOST, port: PORT, username, password };
}

const outcome = (fields: Fields, settings: Parameters<Trials['outcome']>[1] = {}): Promise<string> =>
  trials.outcome(fields, { service: { kind: 'redis' }, hosts: { [`${HOST}:${PORT}`]: `${server.host}:${server.port}` }, ...settings });

describe('clients of Redis', () => {
  test('sign in', async () => {
    expect(await outcome(await user('+ping'))).toBe('accepted');
  });

  test('sign in as a user who may do nothing', async () => {
    expect(await outcome(await user('-@all'))).toBe('accepted');
  });

  test('sign in at the endpoint that they are told, when the secret names none', async () => {
    const { username, password } = await user('+ping');
    const hosts = { 'other.example.com:6380': `${server.host}:${server.port}` };
    expect(await outcome({ username, password }, { service: { kind: 'redis', endpoint: { host: HOST, port: PORT } } })).toBe('accepted');
    expect(await outcome({ username, password }, { hosts, service: { kind: 'redis', endpoint: { host: 'other.example.com', port: 6380 } } }))
      .toBe('error ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('are refused once the password is gone', async () => {
    const login = await user('+ping');
    await server.command('ACL', 'SETUSER', login.username, `<${login.password}`);
    expect(await outcome(login)).toBe('refused WRONGPASS');
  });

  test('are refused once the user is gone', async () => {
    const login = await user('+ping');
    await server.command('ACL', 'DELUSER', login.username);
    expect(await outcome(login)).toBe('refused WRONGPASS');
  });

  test('fail as an error, not as a refusal, over TLS of an authority that is not trusted', async () => {
    expect(await outcome(await user('+ping'), { caPem: new CertificateAuthority('another').certificate })).toBe('error UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('fail as an error at a server with the certificate of another name', async () => {
    const other = await start(['127.0.0.1', 'localhost']);
    try {
      const hosts = { [`${HOST}:${PORT}`]: `${other.host}:${other.port}` };
      expect(await outcome(await user('+ping'), { hosts })).toBe('error ERR_TLS_CERT_ALTNAME_INVALID');
    } finally {
      await other.stop();
    }
  });

  test('fail as an error at a host that the rehearsal does not stand in for', async () => {
    expect(await outcome({ ...await user('+ping'), host: 'localhost' })).toBe('error ENOTFOUND');
  });

  test('fail as an error when the server is down', async () => {
    const login = await user('+ping');
    await server.kill();
    try {
      expect(await outcome(login)).toBe('error ECONNREFUSED');
    } finally {
      await server.restart();
    }
  });
});
