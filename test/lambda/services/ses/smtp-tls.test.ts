import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { authority, genuine, RunningSmtp, signIn, startScripted, startSmtp, stopServers } from './ses-rig';
import { NoVerdict } from '../../../../lambda/engine/contract/errors';
import { smtpPassword } from '../../../../lambda/services/ses/smtp-password';
import { speaksTlsAtOnce } from '../../../../lambda/services/ses/smtp-sign-in';
import type { AccessKeyPair } from '../../../../rehearsal/access-keys';
import { CertificateAuthority, ServerCertificate } from '../../../../rehearsal/tls/certificate-authority';
import { everythingSaid, rejection, startIam, stopAll } from '../iam/iam-rig';

afterEach(() => Promise.all([stopServers(), stopAll()]));

const YESTERDAY = new Date(Date.now() - 86_400_000);
const BAD: readonly { readonly name: string; readonly make: () => ServerCertificate; readonly reason: string }[] = [
  { name: 'from an unknown CA', make: () => new CertificateAuthority('unknown').issue({ hosts: ['localhost'] }), reason: 'it does not come from a trusted CA' },
  { name: 'from an unknown CA of the same name', make: () => new CertificateAuthority('test CA').issue({ hosts: ['localhost'] }), reason: 'it does not come from a trusted CA' },
  { name: 'for another host', make: () => authority.issue({ hosts: ['email-smtp.eu-central-1.amazonaws.com'] }), reason: 'it was made for another host name' },
  { name: 'expired', make: () => authority.issue({ hosts: ['localhost'], notBefore: new Date(0), notAfter: YESTERDAY }), reason: 'it has expired' },
  { name: 'self-signed', make: () => CertificateAuthority.selfSigned({ hosts: ['localhost'] }), reason: 'it is self-signed' },
];

const MODES = [[true, 'at once'], [false, 'after STARTTLS']] as const;

interface SmtpWithKey extends RunningSmtp {
  readonly key: AccessKeyPair;
}

async function startWithKey(certificate: ServerCertificate = genuine): Promise<SmtpWithKey> {
  const iam = await startIam();
  const key = iam.createAccessKey('mailer');
  return { ...await startSmtp(iam, { ...certificate }), key };
}

function loginOf({ accessKeyId, secretAccessKey }: AccessKeyPair): { username: string; password: string } {
  return { username: accessKeyId, password: smtpPassword(secretAccessKey, 'eu-central-1') };
}

describe.each(MODES)('an endpoint (TLS at once: %s) that speaks TLS %s', (tlsAtOnce) => {
  test('takes a sign-in', async () => {
    const { smtp, portOf, key } = await startWithKey();
    await signIn(portOf(tlsAtOnce), tlsAtOnce, loginOf(key));
    expect(smtp.signIns).toMatchObject([{ accessKeyId: key.accessKeyId, outcome: 235 }]);
  });

  test.each(BAD)('is refused with a certificate that is $name, before the password is sent', async ({ make, reason }) => {
    const { smtp, portOf, key } = await startWithKey(make());
    const error = await rejection(signIn(portOf(tlsAtOnce), tlsAtOnce, loginOf(key)));
    expect(error).toMatchObject({ code: 'TLS_CERTIFICATE_REFUSED' });
    expect(error.reason).toContain(`the certificate of localhost:${portOf(tlsAtOnce)} was refused: ${reason}`);
    expect(error.remedy).toContain('NODE_EXTRA_CA_CERTS');
    expect(smtp.signIns).toEqual([]);
  });

  test('is refused by the function\'s own list of CAs, which has no test CA', async () => {
    const { smtp, portOf, key } = await startWithKey();
    expect(await rejection(signIn(portOf(tlsAtOnce), tlsAtOnce, { ...loginOf(key), authorities: undefined }))).toMatchObject({ code: 'TLS_CERTIFICATE_REFUSED' });
    expect(smtp.signIns).toEqual([]);
  });

  test('fails without a verdict when it never answers', async () => {
    const { port } = await startScripted('', () => undefined);
    const error = await rejection(signIn(port, tlsAtOnce, { timeoutMs: 200 }));
    expect(error).toBeInstanceOf(NoVerdict);
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', reason: expect.stringContaining('ETIMEDOUT') });
  });

  test('fails without a verdict when it hangs up', async () => {
    const { port } = await startScripted('', (_, socket) => { socket.destroy(); return undefined; });
    expect(await rejection(signIn(port, tlsAtOnce, { timeoutMs: 500 }))).toBeInstanceOf(NoVerdict);
  });
});

describe('a connection is never downgraded', () => {
  const EHLO_WITHOUT_STARTTLS = '250-email-smtp.example\r\n250 AUTH PLAIN LOGIN\r\n';

  test.each([
    ['does not offer it', (line: string) => (/^EHLO/.test(line) ? EHLO_WITHOUT_STARTTLS : '502 not implemented\r\n')],
    ['refuses it', (line: string) => (/^EHLO/.test(line) ? '250-email-smtp.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n' : '454 TLS not available\r\n')],
    ['knows no EHLO', (line: string) => (/^HELO/.test(line) ? '250 email-smtp.example\r\n' : '502 not implemented\r\n')],
    ['says yes and goes on in clear text', (line: string) => (/^STARTTLS/.test(line) ? '220 go ahead\r\n250 AUTH PLAIN LOGIN\r\n' : '250-email-smtp.example\r\n250 STARTTLS\r\n')],
  ])('where STARTTLS is needed and the endpoint %s', async (_, answer) => {
    const { port, received } = await startScripted('220 email-smtp.example ESMTP\r\n', answer);
    const error = await rejection(signIn(port, false, { timeoutMs: 1_000 }));
    expect(['TLS_UNAVAILABLE', 'SERVICE_UNREACHABLE']).toContain(error.code);
    expect(received()).not.toMatch(/AUTH|QUtJQVNPTUVCT0RZ/);
  });

  test('where STARTTLS is stripped on the way, and says so', async () => {
    const { port } = await startScripted('220 email-smtp.example ESMTP\r\n', (line) => (/^EHLO/.test(line) ? EHLO_WITHOUT_STARTTLS : '502 not implemented\r\n'));
    expect(await rejection(signIn(port, false))).toMatchObject({ code: 'TLS_UNAVAILABLE', reason: `localhost:${port}: the server refused STARTTLS (502); the password was not sent` });
  });

  test('where TLS is to be spoken at once and the endpoint speaks clear text', async () => {
    const { port, received } = await startScripted('220 email-smtp.example ESMTP\r\n', () => EHLO_WITHOUT_STARTTLS);
    expect(await rejection(signIn(port, true))).toMatchObject({ code: 'TLS_UNAVAILABLE' });
    expect(received()).not.toMatch(/AUTH|EHLO/);
  });
});

test.each([[25, false], [465, true], [587, false], [2465, true], [2587, false]])('port %i speaks TLS at once: %s', (port, atOnce) => {
  expect(speaksTlsAtOnce(port)).toBe(atOnce);
});

describe('what an endpoint says', () => {
  const answering = (reply: (line: string) => string): Promise<{ port: number }> =>
    startScripted('220 email-smtp.example ESMTP\r\n', (line) => (/^EHLO/.test(line) ? '250-email-smtp.example\r\n250 AUTH PLAIN LOGIN\r\n' : reply(line)), genuine);

  test('is not repeated: it might be the password', async () => {
    for (const code of [421, 454, 501, 535]) {
      const { port } = await answering((line) => `${code} ${line} PaSsWoRd-of-somebody\r\n`);
      const said = everythingSaid([await rejection(signIn(port, true))]);
      expect(said).toContain(String(code));
      expect(said).not.toMatch(/PaSsWoRd|UGFTc1dvUmQ|AEFLSUF/);
    }
  });

  test('of an account without Amazon SES has its own remedy', async () => {
    const { port } = await answering(() => '535 Account not subscribed to SES\r\n');
    expect(await rejection(signIn(port, true))).toMatchObject({ code: 'SIGN_IN_REFUSED', remedy: expect.stringContaining('console of Amazon SES') });
  });
});

describe('in a process of its own', () => {
  const SIGN_IN = join(__dirname, 'sign-in-process.ts');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ses-ca-'));
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const signInThere = async ({ portOf, key }: SmtpWithKey, tlsAtOnce: boolean, environment: NodeJS.ProcessEnv): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', SIGN_IN], {
      env: { ...process.env, ...environment, SIGN_IN: JSON.stringify({ ...loginOf(key), port: portOf(tlsAtOnce), tlsAtOnce }) },
    });
    return stdout.trim();
  };

  test.each(MODES)('a CA in NODE_EXTRA_CA_CERTS is trusted (TLS at once: %s)', async (tlsAtOnce) => {
    expect(await signInThere(await startWithKey(), tlsAtOnce, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })).toBe('accepted');
  });

  test.each(MODES)('a certificate is verified although the environment says not to (TLS at once: %s)', async (tlsAtOnce) => {
    const running = await startWithKey(CertificateAuthority.selfSigned({ hosts: ['localhost'] }));
    expect(await signInThere(running, tlsAtOnce, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe('TLS_CERTIFICATE_REFUSED');
    expect(running.smtp.signIns).toEqual([]);
  });
});
