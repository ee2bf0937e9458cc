import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority, type Fields, Trials } from './trials';
import { type AccessKeyPair, LocalIam, QueryFaults } from '../../../rehearsal/access-keys';
import type { ClientService } from '../../../rehearsal/clients';
import { LocalSmtp, type LocalSmtpOptions, SmtpFaults } from '../../../rehearsal/smtp';
import { smtpPassword } from '../../../rehearsal/smtp/smtp-password';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';
import { uniqueName } from '../../support/postgres';

const trials = new Trials();
beforeAll(() => trials.start());
afterAll(() => trials.stop());

const SMTP_HOST = 'email-smtp.us-east-1.amazonaws.com';
const genuine = authority.issue({ hosts: [SMTP_HOST] });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()));
});

describe('clients with an access key', () => {
  interface Started {
    readonly iam: LocalIam;
    readonly pair: AccessKeyPair;
    outcome(fields?: Fields): Promise<string>;
  }

  async function start(options: ConstructorParameters<typeof LocalIam>[0] = {}): Promise<Started> {
    const iam = new LocalIam(options);
    iam.createUser('app');
    const pair = iam.createAccessKey('app');
    const { endpoint } = await iam.start();
    closing.push(() => iam.stop());
    const service: ClientService = { kind: 'access-key', stsEndpoint: endpoint };
    return { iam, pair, outcome: (fields = { ...pair }) => trials.outcome(fields, { service }) };
  }

  test('ask STS who has it', async () => {
    const { iam, pair, outcome } = await start();
    expect(await outcome()).toBe('accepted');
    expect(new Set(iam.calls.map(call => `${call.service} ${call.action} ${call.accessKeyId}`))).toEqual(new Set([`sts GetCallerIdentity ${pair.accessKeyId}`]));
  });

  test('are refused once it is inactive or deleted', async () => {
    const { iam, pair, outcome } = await start();
    iam.setStatus(pair.accessKeyId, 'Inactive');
    expect(await outcome()).toBe('refused InvalidClientTokenId');
    iam.deleteAccessKey(pair.accessKeyId);
    expect(await outcome()).toBe('refused InvalidClientTokenId');
  });

  test('are refused with the secret of another key', async () => {
    const { iam, pair, outcome } = await start();
    const { secretAccessKey } = iam.createAccessKey('app');
    expect(await outcome({ ...pair, secretAccessKey })).toBe('refused SignatureDoesNotMatch');
  });

  test('fail as an error, not as a refusal, when STS is down', async () => {
    const { iam, outcome } = await start();
    await iam.stop();
    expect(await outcome()).toBe('error ECONNREFUSED');
  });

  test('fail as an error when STS throttles them, and do not try again by themselves', async () => {
    const { iam, outcome } = await start({ fault: () => QueryFaults.throttling });
    expect(await outcome()).toBe('error Throttling');
    expect(iam.calls.length).toBe(trials.signIns);
  });
});

describe.each([465, 587])('clients of SMTP at port %i', (port) => {
  const start = (options?: Partial<LocalSmtpOptions>): Promise<StartedSmtp> => startSmtp(port, options);

  test('sign in, and send nothing', async () => {
    const { smtp, outcome } = await start();
    expect(await outcome()).toBe('accepted');
    expect(smtp.signIns.map(signIn => signIn.outcome)).toContain(235);
    expect(smtp.messages).toEqual([]);
  });

  test('are refused once the key is inactive', async () => {
    const { iam, pair, outcome } = await start();
    iam.setStatus(pair.accessKeyId, 'Inactive');
    expect(await outcome()).toBe('refused EAUTH');
  });

  test('fail as an error, not as a refusal, when the server is down', async () => {
    const { smtp, outcome } = await start();
    await smtp.stop();
    expect(await outcome()).toBe('error ECONNREFUSED');
  });

  test('fail as an error when the server puts the sign-in off, though the driver calls it EAUTH', async () => {
    const { outcome } = await start({ fault: ({ moment }) => moment === 'beforeAuth' ? SmtpFaults.temporaryAuthenticationFailure : undefined });
    expect(await outcome()).toBe('error 454');
  });

  test('fail as an error when the server hangs up at the sign-in', async () => {
    const { outcome } = await start({ fault: ({ moment }) => moment === 'beforeAuth' ? SmtpFaults.lostAnswer : undefined });
    expect(await outcome()).toMatch(/^error E\w+$/);
  });

  test('fail as an error before they have told the password, at a server of an authority that is not trusted', async () => {
    const { smtp, outcome } = await start();
    expect(await outcome({}, { caPem: new CertificateAuthority('another').certificate })).toBe('error UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(smtp.signIns).toEqual([]);
  });

  test('fail as an error before they have told the password, at a server with the certificate of another name', async () => {
    const { smtp, outcome } = await start(authority.issue({ hosts: ['127.0.0.1', 'localhost', 'other.example.com'] }));
    expect(await outcome()).toBe('error ERR_TLS_CERT_ALTNAME_INVALID');
    expect(smtp.signIns).toEqual([]);
  });

  test('fail as an error at a host that the rehearsal does not stand in for', async () => {
    const { outcome } = await start();
    expect(await outcome({ host: 'localhost' })).toBe('error ENOTFOUND');
  });
});

test.each([2465, 25, 2587])('clients of SMTP sign in at port %i as well', async (port) => {
  const { outcome } = await startSmtp(port);
  expect(await outcome()).toBe('accepted');
});

describe('clients of a service of the user\'s own', () => {
  const module = join(tmpdir(), `${uniqueName()}.cjs`);
  beforeAll(() => writeFileSync(module, `
    exports.accepted = 'right';
    exports.signIn = async function ({ token, code }, { hosts, caPem }) {
      if (hosts['api.example.com:443'] !== '127.0.0.1:1' || !caPem.includes('BEGIN CERTIFICATE')) throw Object.assign(new Error(), { code: 'NOWHERE' });
      if (token !== this.accepted) throw Object.assign(new Error(token), { code });
    };`));
  afterAll(() => rmSync(module));

  const outcome = (fields: Fields): Promise<string> =>
    trials.outcome(fields, { service: { kind: 'custom', module }, hosts: { 'api.example.com:443': '127.0.0.1:1' } });

  test('do what the module does', async () => {
    expect(await outcome({ token: 'right' })).toBe('accepted');
  });

  test('are refused when the module says so', async () => {
    expect(await outcome({ token: 'wrong', code: 'REFUSED' })).toBe('refused REFUSED');
  });

  test('fail as an error with any other code, be it another service\'s refusal', async () => {
    expect(await outcome({ token: 'wrong', code: 'ECONNREFUSED' })).toBe('error ECONNREFUSED');
    expect(await outcome({ token: 'wrong', code: 'WRONGPASS' })).toBe('error WRONGPASS');
  });

  test('fail as an error without a code, and never with the message', async () => {
    expect(await outcome({ token: 'wrong' })).toBe('error Error');
  });
});

interface StartedSmtp {
  readonly iam: LocalIam;
  readonly smtp: LocalSmtp;
  readonly pair: AccessKeyPair;
  outcome(fields?: Fields, settings?: Parameters<Trials['outcome']>[1]): Promise<string>;
}

async function startSmtp(port: number, options: Partial<LocalSmtpOptions> = {}): Promise<StartedSmtp> {
  const iam = new LocalIam();
  iam.createUser('mailer');
  const pair = iam.createAccessKey('mailer');
  const smtp = new LocalSmtp({ iam, region: 'us-east-1', ...genuine, ...options });
  const { address, startTlsAddress } = await smtp.start();
  closing.push(() => smtp.stop());
  const hosts = { [`${SMTP_HOST}:${port}`]: [465, 2465].includes(port) ? address : startTlsAddress };
  const login = { host: SMTP_HOST, port, username: pair.accessKeyId, password: smtpPassword(pair.secretAccessKey, 'us-east-1') };
  return { iam, smtp, pair, outcome: (fields = {}, settings = {}) => trials.outcome({ ...login, ...fields }, { service: { kind: 'smtp' }, hosts, ...settings }) };
}
