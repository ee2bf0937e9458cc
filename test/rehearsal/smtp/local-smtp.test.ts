import { connect } from 'node:net';
import { createTransport, Transporter } from 'nodemailer';
import { AccessKeyPair, LocalIam, LocalIamOptions } from '../../../rehearsal/access-keys';
import { LocalSmtp, SmtpFault, SmtpFaultPoint, SmtpFaults } from '../../../rehearsal/smtp';
import { smtpPassword } from '../../../rehearsal/smtp/smtp-password';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';

const HOST = 'email-smtp.eu-west-1.amazonaws.com';
const authority = new CertificateAuthority();
const { certificate, key } = authority.issue({ hosts: [HOST] });
const started: LocalSmtp[] = [];
const transports: Transporter[] = [];

afterEach(async () => {
  transports.splice(0).forEach((transport) => transport.close());
  await Promise.all(started.splice(0).map(async (smtp) => smtp.stop()));
});

type Port = 'TLS at once' | 'STARTTLS';

interface ClientOptions {
  readonly port?: Port;
  readonly user?: string;
  readonly pass?: string;
  readonly region?: string;
  readonly authMethod?: 'PLAIN' | 'LOGIN';
  readonly ca?: string;
  readonly timeout?: number;
}

interface Started {
  readonly iam: LocalIam;
  readonly smtp: LocalSmtp;
  readonly pair: AccessKeyPair;
  readonly startTlsAddress: string;
  /** A client with the key's password unless told otherwise. */
  readonly client: (options?: ClientOptions) => Transporter;
}

async function start(fault?: (point: SmtpFaultPoint) => SmtpFault | undefined, iamOptions: LocalIamOptions = {}): Promise<Started> {
  const iam = new LocalIam(iamOptions);
  iam.createUser('mailer');
  const pair = iam.createAccessKey('mailer');
  const smtp = new LocalSmtp({ iam, region: 'eu-west-1', certificate, key, fault });
  started.push(smtp);
  const { address, startTlsAddress } = await smtp.start();
  const client = (options: ClientOptions = {}): Transporter => {
    const { port = 'TLS at once', user = pair.accessKeyId, region = 'eu-west-1', pass = smtpPassword(pair.secretAccessKey, region), authMethod, timeout } = options;
    const [host, number] = (port === 'STARTTLS' ? startTlsAddress : address).split(':');
    const transport = createTransport({
      host,
      port: Number(number),
      secure: port === 'TLS at once',
      requireTLS: true,
      authMethod,
      auth: user === '' ? undefined : { user, pass },
      tls: { ca: options.ca ?? authority.certificate, servername: HOST },
      greetingTimeout: timeout,
      socketTimeout: timeout,
    });
    transports.push(transport);
    return transport;
  };
  return { iam, smtp, pair, startTlsAddress, client };
}

describe.each<Port>(['TLS at once', 'STARTTLS'])('With %s', (port) => {
  test.each(['PLAIN', 'LOGIN'] as const)('a key signs in with its password for the region, by AUTH %s', async (authMethod) => {
    const { client, smtp, iam, pair } = await start();
    await expect(client({ port, authMethod }).verify()).resolves.toBe(true);
    expect(smtp.signIns).toEqual([{ session: 1, accessKeyId: pair.accessKeyId, outcome: 235 }]);
    expect(iam.keys('mailer')[0]?.lastUsed).toMatchObject({ serviceName: 'ses', region: 'eu-west-1' });
  });

  test('takes a message, and delivers none', async () => {
    const { client, smtp, pair } = await start();
    await client({ port }).sendMail({ from: 'a@example.com', to: ['b@example.com', 'c@example.com'], text: 'hello' });
    expect(smtp.messages).toEqual([{ accessKeyId: pair.accessKeyId, from: 'a@example.com', to: ['b@example.com', 'c@example.com'] }]);
  });

  test.each<[string, (pair: AccessKeyPair) => ClientOptions]>([
    ['the secret key itself', ({ secretAccessKey }) => ({ pass: secretAccessKey })], ['the password for another region', () => ({ region: 'us-east-1' })],
    ['an unknown key', () => ({ user: 'AKIAAAAAAAAAAAAAAAAA' })], ['a wrong password', () => ({ pass: 'wrong' })],
  ])('refuses %s', async (_, options) => {
    const { client, smtp, iam, pair } = await start();
    await expect(client({ port, ...options(pair) }).verify()).rejects.toMatchObject({
      code: 'EAUTH', responseCode: 535, response: expect.stringContaining('Authentication Credentials Invalid'),
    });
    expect(smtp.signIns).toMatchObject([{ outcome: 535 }]);
    expect(iam.keys('mailer')[0]?.lastUsed).toBeUndefined();
  });

  test('refuses a client that does not sign in', async () => {
    const { client } = await start();
    await expect(client({ port, user: '' }).sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'hello' })).rejects.toMatchObject({ responseCode: 530 });
  });

  test('refuses no client that trusts the authority, and fails one that does not, and lives on', async () => {
    const { client, smtp } = await start();
    await expect(client({ port, ca: new CertificateAuthority().certificate }).verify()).rejects.toThrow(/certificate|self-signed/);
    expect(smtp.signIns).toEqual([]);
    await expect(client({ port }).verify()).resolves.toBe(true);
  });

  test.each<[string, SmtpFaultPoint['moment'], SmtpFault, object]>([
    ['too many connections', 'connect', SmtpFaults.tooManyConnections, { responseCode: 421 }],
    ['a temporary failure', 'beforeAuth', SmtpFaults.temporaryAuthenticationFailure, { responseCode: 454 }],
    ['a temporary failure', 'afterAuth', SmtpFaults.temporaryFailure, { responseCode: 451 }],
    ['a connection lost', 'connect', SmtpFaults.lostAnswer, { code: expect.stringMatching(/ECONNECTION|ESOCKET/) }],
    ['a connection lost', 'beforeAuth', SmtpFaults.lostAnswer, { code: expect.stringMatching(/ECONNECTION|ESOCKET/) }],
    ['a connection lost', 'afterAuth', SmtpFaults.lostAnswer, { code: expect.stringMatching(/ECONNECTION|ESOCKET/) }],
    ['silence', 'connect', SmtpFaults.hang, { code: 'ETIMEDOUT' }], ['silence', 'beforeAuth', SmtpFaults.hang, { code: 'ETIMEDOUT' }],
    ['silence', 'afterAuth', SmtpFaults.hang, { code: 'ETIMEDOUT' }],
  ])('fails by a fault: %s at %s', async (_, moment, fault, error) => {
    const { client, smtp, iam, pair } = await start((point) => point.moment === moment && point.session === 1 ? fault : undefined);
    await expect(client({ port, timeout: fault.kind === 'hang' ? 1000 : undefined }).verify()).rejects.toMatchObject(error);
    const outcome = fault.kind === 'reply' ? fault.code : fault.kind;
    expect(smtp.signIns).toEqual(moment === 'connect' ? [] : [{ session: 1, accessKeyId: pair.accessKeyId, outcome }]);
    expect(iam.keys('mailer')[0]?.lastUsed !== undefined).toBe(moment === 'afterAuth');
    await expect(client({ port }).verify()).resolves.toBe(true);
  });
});

test('A key works while it is active, and a fresh one from when it is known everywhere', async () => {
  const { client, iam, pair } = await start(undefined, { propagationMs: 60_000 });
  const signsIn = async (): Promise<boolean> => client().verify().then(() => true, () => false);
  expect(await signsIn()).toBe(false);
  iam.age(60_000);
  expect(await signsIn()).toBe(true);
  iam.setStatus(pair.accessKeyId, 'Inactive');
  expect(await signsIn()).toBe(false);
  iam.setStatus(pair.accessKeyId, 'Active');
  expect(await signsIn()).toBe(true);
  iam.deleteAccessKey(pair.accessKeyId);
  expect(await signsIn()).toBe(false);
});

test('A delay goes on', async () => {
  const { client } = await start(() => ({ kind: 'delay', milliseconds: 5 }));
  await expect(client().verify()).resolves.toBe(true);
});

test('Faults are consulted with what is known of the session', async () => {
  const points: SmtpFaultPoint[] = [];
  const { client, pair: { accessKeyId } } = await start((point) => { points.push(point); return undefined; });
  await client().verify();
  await client({ port: 'STARTTLS' }).verify();
  expect(points).toEqual([1, 2].flatMap((session) => [
    { moment: 'connect', session }, { moment: 'beforeAuth', session, accessKeyId }, { moment: 'afterAuth', session, accessKeyId },
  ]));
});

test('Refuses a credential in clear', async () => {
  const { startTlsAddress, smtp } = await start();
  const socket = connect({ host: '127.0.0.1', port: Number(startTlsAddress.split(':')[1]) });
  let heard = '';
  await new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      heard += data.toString();
      if (/^220 .*\r\n$/.test(heard)) socket.write('EHLO me\r\n');
      if (/^250 .*\r\n$/m.test(heard) && !heard.includes('538')) socket.write('AUTH PLAIN AGEAYg==\r\n');
      if (/^538 /m.test(heard)) resolve();
    });
  });
  socket.destroy();
  expect(heard).toContain('250');
  expect(heard).toMatch(/STARTTLS/);
  expect(smtp.signIns).toEqual([]);
});

test('Stopping closes connections that hang', async () => {
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => { reach = resolve; });
  const { client, smtp } = await start(({ moment }) => {
    if (moment !== 'beforeAuth') return undefined;
    setImmediate(reach);
    return SmtpFaults.hang;
  });
  const verifying = client().verify();
  await reached;
  await smtp.stop();
  await expect(verifying).rejects.toThrow();
});
