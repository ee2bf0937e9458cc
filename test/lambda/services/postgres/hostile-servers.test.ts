import { randomBytes, sign } from 'node:crypto';
import { connect, Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { Credential } from '../../../../lambda/engine/contract/credential';
import { RotationErrorCode } from '../../../../lambda/engine/contract/errors';
import { PreparedVerification } from '../../../../lambda/services/postgres/verification';
import { CertificateAuthority, ServerCertificate } from '../../../../rehearsal/tls/certificate-authority';
import { bitString, pem, sequence } from '../../../../rehearsal/tls/der';
import { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { findCredentials } from '../../../secrecy/find-credentials';
import { Ask, clientNonce, errorResponse, READY, ScriptedOptions, ScriptedPostgres, SSL_REQUEST, wireMessage } from '../../../secrecy/scripted-postgres';
import { MAJORS, MASTER, testAuthority, TestPostgres } from '../../../support/postgres';
import { connectorFor, credentialOf, rejection, testInvocation, TestInvocation, trusting } from '../../../support/postgres-service';
import { PASSWORD_POLICY } from '../../../support/rotation-rig';

const HOSTS = ['localhost'];
const CREDENTIAL = new Credential('a-user-that-nobody-may-know', 'pA5s"w\'o\\rd-&<of>-%41+the/user=');
const DATABASE = 'a-database-that-nobody-may-know';
const GENUINE = testAuthority.issue({ hosts: HOSTS });
/** Long enough for an attempt, and short enough for a test. */
const REMAINING_MS = 1_400;
const DAY_MS = 86_400_000;

type Converse = NonNullable<ScriptedOptions['converse']>;

interface Met {
  readonly server: ScriptedPostgres;
  readonly invocation: TestInvocation;
  readonly config: PostgresRotationConfig;
}

let server: ScriptedPostgres | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function meet(options: Partial<ScriptedOptions>): Promise<Met> {
  server = await ScriptedPostgres.start({ certificate: GENUINE, ...options });
  return {
    server,
    invocation: testInvocation(REMAINING_MS),
    config: { ...server.endpoint, databaseName: DATABASE, username: CREDENTIAL.username, passwordPolicy: PASSWORD_POLICY },
  };
}

interface Expected {
  readonly code: RotationErrorCode;
  readonly reason: RegExp;
}

/** Fails as it should, in time, and neither the error nor the log nor the server gets to know the password. */
async function expectFailure(met: Met, failing: Promise<unknown>, { code, reason }: Expected): Promise<void> {
  const { invocation } = met;
  const error = await rejection(failing);
  expect(invocation.deadline.expiresAt).toBeGreaterThan(Date.now());
  expect(findCredentials(met.server.protected, [CREDENTIAL.password])).toEqual([]);
  expect(error).toMatchObject({ code, reason: expect.stringMatching(reason), remedy: expect.stringMatching(/\w{3}/) });
  const told = inspect([error, invocation.lines], { depth: Infinity, showHidden: true, maxStringLength: null });
  expect(findCredentials(`${told}${error.stack}`, [CREDENTIAL.password])).toEqual([]);
}

describe('before TLS is verified a server learns nothing, and the sign-in fails, when it', () => {
  const BROKEN_TLS: readonly (Expected & { readonly what: string; readonly insteadOfTls: (socket: Socket) => void })[] = [
    { what: 'has no TLS', code: 'TLS_UNAVAILABLE', reason: /does not offer TLS/, insteadOfTls: (socket) => { socket.write('N'); } },
    { what: 'has no TLS, and goes on without', code: 'TLS_UNAVAILABLE', reason: /does not offer TLS/, insteadOfTls: (socket) => { socket.write(Buffer.concat([Buffer.from('N'), Ask.cleartext])); } },
    // CVE-2021-23222: bytes that somebody put behind the answer would be read as if they had come over TLS.
    { what: 'sends a plain request for the password along', code: 'TLS_UNAVAILABLE', reason: /unencrypted bytes/, insteadOfTls: (socket) => { socket.write(Buffer.concat([Buffer.from('S'), Ask.cleartext])); } },
    { what: 'sends a plain acceptance along', code: 'TLS_UNAVAILABLE', reason: /unencrypted bytes/, insteadOfTls: (socket) => { socket.write(Buffer.concat([Buffer.from('S'), Ask.nothing, READY])); } },
    {
      what: 'sends a plain request for the password in place of the handshake',
      code: 'TLS_UNAVAILABLE',
      reason: /handshake failed/,
      insteadOfTls: (socket) => { socket.write('S'); socket.once('data', () => socket.write(Ask.cleartext)); },
    },
    { what: 'asks for the password at once', code: 'TLS_UNAVAILABLE', reason: /does not offer TLS/, insteadOfTls: (socket) => { socket.write(Ask.cleartext); } },
    { what: 'sends endless garbage', code: 'TLS_UNAVAILABLE', reason: /does not offer TLS|unencrypted bytes/, insteadOfTls: (socket) => flood(socket, () => randomBytes(65_536)) },
    { what: 'says nothing', code: 'SERVICE_UNREACHABLE', reason: /no answer within/, insteadOfTls: () => undefined },
    { what: 'says nothing in the handshake', code: 'SERVICE_UNREACHABLE', reason: /no answer within/, insteadOfTls: (socket) => { socket.write('S'); } },
  ];

  test.each(BROKEN_TLS)('$what', async ({ insteadOfTls, ...expected }) => {
    const met = await meet({ insteadOfTls });
    await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), expected);
    expectUnknown(met.server);
  });

  const BAD_CERTIFICATES: readonly (Expected & { readonly what: string; readonly make: () => ServerCertificate })[] = [
    { what: 'expired', reason: /has expired/, make: () => testAuthority.issue({ hosts: HOSTS, notBefore: new Date(0), notAfter: new Date(Date.now() - DAY_MS) }) },
    { what: 'not valid yet', reason: /is not valid yet/, make: () => testAuthority.issue({ hosts: HOSTS, notBefore: new Date(Date.now() + DAY_MS) }) },
    { what: 'for another host', reason: /another host name/, make: () => testAuthority.issue({ hosts: ['db.example.com'] }) },
    { what: 'for a host of which ours is a part', reason: /another host name/, make: () => testAuthority.issue({ hosts: ['localhost.example.com', '*.localhost'] }) },
    { what: 'self-signed', reason: /self-signed/, make: () => CertificateAuthority.selfSigned({ hosts: HOSTS }) },
    { what: 'from a CA that is not trusted', reason: /trusted CA/, make: () => new CertificateAuthority('nobody').issue({ hosts: HOSTS }) },
    { what: 'from a CA that has the name of the trusted one', reason: /trusted CA/, make: () => new CertificateAuthority('test CA').issue({ hosts: HOSTS }) },
  ].map((bad) => ({ code: 'TLS_CERTIFICATE_REFUSED', ...bad }));

  test.each(BAD_CERTIFICATES)('has a certificate that is $what', async ({ make, ...expected }) => {
    const met = await meet({ certificate: make(), converse: (socket) => { socket.write(Ask.cleartext); } });
    await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), expected);
    expectUnknown(met.server);
  });

  test('has a trusted certificate that is for clients, not for servers', async () => {
    const issued = CertificateAuthority.selfSigned({ hosts: HOSTS });
    for (const [certificate, outcome] of [[issued, /connection ended/], [forClients(issued), /was refused/]] as const) {
      const met = await meet({ certificate, converse: (socket) => { socket.destroy(); } });
      const error = await rejection(connectorFor(met.config, met.invocation, trusting(certificate.certificate)).signIn(CREDENTIAL));
      expect(error.reason).toMatch(outcome);
      expect(met.server.protected === '').toBe(outcome.test('was refused'));
      await met.server.stop();
    }
  });

  test('speaks TLS 1.1 at most, however weak the ciphers are that it offers', async () => {
    const met = await meet({ tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } });
    await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), { code: 'TLS_UNAVAILABLE', reason: /handshake failed/ });
    expectUnknown(met.server);
  });
});

describe('over verified TLS the password is never sent, and the sign-in fails, when the server', () => {
  const ASKING: readonly (Expected & { readonly what: string; readonly converse: Converse })[] = [
    { what: 'asks for the password in clear text', code: 'USER_UNUSABLE', reason: /in clear text/, converse: answers([Ask.cleartext]) },
    // From then on the driver has the password at hand.
    { what: 'asks for it in clear text once SCRAM has begun', code: 'USER_UNUSABLE', reason: /in clear text/, converse: answers([Ask.sasl('SCRAM-SHA-256'), Ask.cleartext]) },
    { what: 'asks for it in clear text in place of the proof', code: 'USER_UNUSABLE', reason: /in clear text/, converse: scram({ last: Ask.cleartext }) },
    { what: 'asks for it in clear text once it has its md5', code: 'USER_UNUSABLE', reason: /in clear text/, converse: answers([Ask.md5('salt'), Ask.cleartext]) },
    ...[2, 6, 7, 8, 9, 99, 0xffffffff].map((method) => ({
      what: `asks in a way that is not known (${method})`, code: expect.stringMatching(/^(SERVICE_UNREACHABLE|UNEXPECTED)$/) as unknown as RotationErrorCode, reason: /\w/, converse: answers([Ask.other(method)]),
    })),
    { what: 'offers no mechanism that is known', code: 'UNEXPECTED', reason: /SASL: Only mechanism/, converse: answers([Ask.sasl('GSSAPI', 'OAUTHBEARER', 'PLAIN')]) },
    { what: 'offers no mechanism at all', code: 'UNEXPECTED', reason: /SASL: Only mechanism/, converse: answers([Ask.sasl()]) },
    ...[2_147_483_647, 5_000_001, 99_999_999_999].map((iterations) => ({
      what: `demands ${iterations} rounds of SCRAM`, code: 'UNEXPECTED' as const, reason: /iteration count \d+ exceeds/, converse: scram({ iterations }),
    })),
    { what: 'demands no round of SCRAM', code: 'UNEXPECTED', reason: /invalid iteration count/, converse: scram({ iterations: 0 }) },
    { what: 'has an empty salt', code: 'UNEXPECTED', reason: /salt missing/, converse: scram({ salt: '' }) },
    { what: 'has a salt that is not base64', code: 'UNEXPECTED', reason: /salt must be base64/, converse: scram({ salt: '*' }) },
    { what: 'answers with a nonce of its own', code: 'UNEXPECTED', reason: /nonce does not start with client nonce/, converse: scram({ nonce: () => 'another-nonce' }) },
    { what: 'adds nothing to the nonce', code: 'UNEXPECTED', reason: /nonce is too short/, converse: scram({ nonce: (own) => own }) },
    { what: 'does not know what it stores', code: 'UNEXPECTED', reason: /server signature does not match/, converse: scram({ final: `v=${randomBytes(32).toString('base64')}` }) },
    { what: 'does not know what it stores, and has a short salt and one round', code: 'UNEXPECTED', reason: /signature does not match/, converse: scram({ salt: 'AA==', iterations: 1, final: `v=${randomBytes(32).toString('base64')}` }) },
    { what: 'has no signature', code: 'UNEXPECTED', reason: /server signature is missing/, converse: scram({ final: 'x=1' }) },
    { what: 'sends its signature before it was sent a proof', code: 'UNEXPECTED', reason: /Last message was not SASLResponse/, converse: answers([Ask.sasl('SCRAM-SHA-256'), Ask.saslFinal('v=AAAA')]) },
    { what: 'hangs up', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: (socket) => { socket.destroy(); } },
    { what: 'says nothing', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: () => undefined },
    { what: 'says nothing any more once SCRAM has begun', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: answers([Ask.sasl('SCRAM-SHA-256')]) },
    { what: 'is none of PostgreSQL, and does not end', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: (socket) => flood(socket, () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')) },
    { what: 'sends endless garbage', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: (socket) => flood(socket, () => Buffer.alloc(65_536, 0xff)) },
    { what: 'sends endless parameters', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: (socket) => flood(socket, () => wireMessage('S', 'name\0value\0')) },
    { what: 'announces a message without end', code: 'SERVICE_UNREACHABLE', reason: /connection ended/, converse: (socket) => { socket.write(Buffer.from('527fffffff', 'hex')); } },
  ];

  test.each(ASKING)('$what', async ({ converse, ...expected }) => {
    const met = await meet({ converse });
    await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), expected);
    expect(met.server.protected).toContain(CREDENTIAL.username); // it got as far as the start-up packet
  });

  test.each(['28P01', '28000', '57P03', '53300', 'XX000'])('repeats the password in its error (%s), should it know it', async (sqlState) => {
    const met = await meet({ converse: answers([errorResponse(sqlState, `no such password: ${CREDENTIAL.password}`)]) });
    await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), { code: expect.any(String) as unknown as RotationErrorCode, reason: /./ });
  });
});

describe('a server that accepts anybody', () => {
  const ACCEPTING: readonly (readonly [string, Converse])[] = [
    ['without a question', answers([Buffer.concat([Ask.nothing, READY])])],
    ['once it was sent the name of the mechanism', answers([Ask.sasl('SCRAM-SHA-256'), Buffer.concat([Ask.nothing, READY])])],
    ['once it was sent the proof, without one of its own', scram({ last: Buffer.concat([Ask.nothing, READY]) })],
  ];

  test.each(ACCEPTING)('%s proves nothing: the verification fails', async (_what, converse) => {
    const met = await meet({ converse });
    const verification = await PreparedVerification.prepare(connectorFor(met.config, met.invocation));
    const verifying = verification.signIn(CREDENTIAL).finally(() => verification.end());
    await expectFailure(met, verifying, { code: 'VERIFICATION_FAILED', reason: /proves nothing/ });
  });
});

test.each(['in the middle of a statement', 'while nothing is asked'])('a server that asks for the password in clear text later, %s, does not get it', async (when) => {
  const accepted = Buffer.concat([Ask.nothing, READY]);
  const met = await meet({
    converse: (socket, index) => {
      if (index === 0) socket.write(Ask.md5('salt'));
      if (index === 1) socket.write(accepted);
      if (index === 1 && when.startsWith('while')) setImmediate(() => socket.write(Ask.cleartext));
      if (index === 2) socket.write(Ask.cleartext);
    },
  });
  const session = await connectorFor(met.config, met.invocation).signIn(CREDENTIAL);
  await session.query('SELECT 1').catch(() => undefined);
  await session.end();
  expect(findCredentials(met.server.protected, [CREDENTIAL.password])).toEqual([]);
});

test('a server that asks for md5, with a salt that it knows, gets a hash of a hash and not the password', async () => {
  const met = await meet({ converse: answers([Ask.md5('salt'), errorResponse('28P01', 'no')]) });
  await expectFailure(met, connectorFor(met.config, met.invocation).signIn(CREDENTIAL), { code: 'SIGN_IN_REFUSED', reason: /was refused/ });
  expect(met.server.protected).toMatch(/md5[0-9a-f]{32}\0$/);
});

describe('channel binding', () => {
  const certificate = testAuthority.issue({ hosts: ['localhost', '127.0.0.1'] });
  const postgres = new TestPostgres(MAJORS.at(-1) ?? 18, certificate);
  beforeAll(() => postgres.start());
  afterAll(() => postgres.stop());

  /** Ends TLS with the given certificate, and passes all on over TLS of its own. */
  const between = (shown: ServerCertificate, change: (fromServer: Buffer) => Buffer = (data) => data): Promise<Met> => {
    const upstreams = new Map<Socket, Promise<Socket>>();
    return meet({
      certificate: shown,
      converse: (socket, index, message) => {
        if (index === 0) upstreams.set(socket, upstream(postgres.server.port, socket, message, change));
        else void upstreams.get(socket)?.then((real) => real.write(message));
      },
    });
  };
  const signIn = async ({ config, invocation }: Met): Promise<unknown> => {
    const session = await connectorFor({ ...config, databaseName: 'postgres' }, invocation).signIn(credentialOf(MASTER));
    const rows = await session.query('SELECT session_user');
    await session.end();
    return rows;
  };

  test('is what is chosen: a real server is asked for SCRAM-SHA-256-PLUS, bound to the certificate', async () => {
    const met = await between(certificate);
    expect(await signIn(met)).toEqual([{ session_user: 'master' }]);
    expect(met.server.protected).toContain('SCRAM-SHA-256-PLUS\0');
    expect(met.server.protected).toContain('p=tls-server-end-point,,n=*,r=');
    expect(met.server.protected).not.toMatch(/[yn],,n=\*/);
  });

  test('fails the sign-in through somebody in between, even one with a trusted certificate', async () => {
    const met = await between(GENUINE);
    await expectFailure(met, signIn(met), { code: 'USER_UNUSABLE', reason: /channel binding/ });
    expect(met.server.protected).toContain('SCRAM-SHA-256-PLUS\0');
  });

  test('fails the sign-in through somebody in between who strips it from the offer', async () => {
    const strip = (data: Buffer): Buffer => (data.includes('SCRAM-SHA-256-PLUS') ? Ask.sasl('SCRAM-SHA-256') : data);
    const met = await between(GENUINE, strip);
    await expectFailure(met, signIn(met), { code: 'USER_UNUSABLE', reason: /channel binding/ });
    expect(met.server.protected).toContain('y,,n=*,r=');
  });
});

/** The nth answer to the nth message of a client. */
function answers(messages: readonly Buffer[]): Converse {
  return (socket, index) => { socket.write(messages[index] ?? ''); };
}

interface ScramScript {
  readonly nonce?: (own: string) => string;
  readonly salt?: string;
  readonly iterations?: number;
  readonly final?: string;
  /** Instead of the final message. */
  readonly last?: Buffer;
}

/** A server's half of RFC 5802, as a test wants it. */
function scram({ nonce = (own) => `${own}-and-more`, salt = 'c2FsdC1vZi1zaXh0ZWVuLg==', iterations = 4_096, final = '', last = Ask.saslFinal(final) }: ScramScript): Converse {
  return (socket, index, message) => {
    if (index === 0) socket.write(Ask.sasl('SCRAM-SHA-256'));
    if (index === 1) socket.write(Ask.saslContinue(`r=${nonce(clientNonce(message))},s=${salt},i=${iterations}`));
    if (index === 2) socket.write(last);
  };
}

/** For as long as the other side listens. */
function flood(socket: Socket, next: () => Buffer): void {
  const more = (): void => {
    if (!socket.writable) return;
    if (socket.write(next())) setImmediate(more);
    else socket.once('drain', more);
  };
  more();
}

/** The request for TLS, then at most a handshake: a user, a database or a password would be seen in either. */
function expectUnknown({ unprotected, protected: sent }: ScriptedPostgres): void {
  expect(sent).toBe('');
  expect(unprotected.startsWith(SSL_REQUEST)).toBe(true);
  const text = Buffer.from(unprotected, 'hex').toString('latin1');
  expect(findCredentials(text, [CREDENTIAL.password, CREDENTIAL.username, DATABASE])).toEqual([]);
}

/** The same certificate with the extended key usage clientAuth instead of serverAuth (RFC 5280, section 4.2.1.12). */
function forClients({ certificate, key }: ServerCertificate): ServerCertificate {
  const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const end = 4 + 4 + der.readUInt16BE(6); // two headers with a length of two bytes each
  const toBeSigned = Buffer.from(der.subarray(4, end).toString('hex').replace('06082b06010505070301', '06082b06010505070302'), 'hex');
  const algorithm = der.subarray(end, end + 2 + (der[end + 1] ?? 0));
  return { certificate: pem('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, key)))), key };
}

/** Carries on with a real server what a client began. */
function upstream(port: number, client: Socket, startUp: Buffer, change: (fromServer: Buffer) => Buffer): Promise<TLSSocket> {
  const plain = connect(port, '127.0.0.1');
  plain.on('error', () => undefined).write(Buffer.from(SSL_REQUEST, 'hex'));
  return new Promise((resolve) => {
    plain.once('data', () => {
      const secured = connectTls({ socket: plain, servername: 'localhost', ca: testAuthority.certificate }, () => { secured.write(startUp); });
      secured.on('error', () => undefined).on('data', (data: Buffer) => client.write(change(data))).once('close', () => client.destroy());
      client.once('close', () => secured.destroy());
      resolve(secured);
    });
  });
}
