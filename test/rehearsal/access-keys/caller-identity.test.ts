import { GetCallerIdentityCommand, GetCallerIdentityCommandOutput, STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import { harness, Harness, stopHarnesses } from './harness';
import { AccessKeyPair, LocalIamOptions } from '../../../rehearsal/access-keys';

afterEach(stopHarnesses);

interface Started extends Harness {
  readonly pair: AccessKeyPair;
  readonly arn: string;
}

async function withKey(options: LocalIamOptions = {}): Promise<Started> {
  const started = await harness(options);
  const { arn } = started.service.createUser('app', '/teams/');
  return { ...started, arn, pair: started.service.createAccessKey('app') };
}

const UNKNOWN = { name: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.', $metadata: { httpStatusCode: 403 } };

// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
describe('GetCallerIdentity', () => {
  test.each(['us-east-1', 'eu-central-1', 'cn-north-1'])('tells whose key it is, in %s', async (region) => {
    const { service, whoIs, pair, arn } = await withKey();
    expect(await whoIs(pair, { region })).toMatchObject({ Account: '111122223333', Arn: arn, UserId: expect.stringMatching(/^AIDA/) });
    expect(service.keys('app')[0]?.lastUsed).toMatchObject({ serviceName: 'sts', region });
    expect(service.calls).toEqual([{
      sequence: 1, service: 'sts', action: 'GetCallerIdentity', accessKeyId: pair.accessKeyId, outcome: 'ok', effective: true, userName: 'app', keyId: undefined,
    }]);
  });

  test('asks nobody for authorization', async () => {
    const { whoIs, pair } = await withKey({ authorize: () => ({ allowed: false, reason: 'nothing is' }) });
    await expect(whoIs(pair)).resolves.toBeDefined();
  });

  test('refuses a wrong secret, which is no use of the key', async () => {
    const { service, whoIs, pair } = await withKey();
    for (const secretAccessKey of ['wrong', '', pair.secretAccessKey.toLowerCase(), service.createAccessKey('app').secretAccessKey]) {
      await expect(whoIs({ ...pair, secretAccessKey: secretAccessKey || ' ' })).rejects.toMatchObject({
        name: 'SignatureDoesNotMatch', message: expect.stringContaining('does not match the signature you provided'), $metadata: { httpStatusCode: 403 },
      });
    }
    expect(service.keys('app')[0]?.lastUsed).toBeUndefined();
    expect(service.calls[0]).toMatchObject({ outcome: 'SignatureDoesNotMatch', effective: false });
  });

  test('refuses an unknown, an inactive and a deleted key', async () => {
    const { service, whoIs, pair } = await withKey();
    await expect(whoIs({ ...pair, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })).rejects.toMatchObject(UNKNOWN);
    service.setStatus(pair.accessKeyId, 'Inactive');
    await expect(whoIs(pair)).rejects.toMatchObject(UNKNOWN);
    service.setStatus(pair.accessKeyId, 'Active');
    await expect(whoIs(pair)).resolves.toBeDefined();
    service.deleteAccessKey(pair.accessKeyId);
    await expect(whoIs(pair)).rejects.toMatchObject(UNKNOWN);
  });

  test('refuses a fresh key until it is known everywhere', async () => {
    const { service, whoIs, pair } = await withKey({ propagationMs: 60_000 });
    await expect(whoIs(pair)).rejects.toMatchObject(UNKNOWN);
    expect(service.use(pair.accessKeyId, pair.secretAccessKey, 's3')).toBe('refused');
    service.age(60_000);
    await expect(whoIs(pair)).resolves.toBeDefined();
    expect(service.use(pair.accessKeyId, pair.secretAccessKey, 's3')).toBe('accepted');
  });

  test('refuses a user\'s key with a session token', async () => {
    const { whoIs, pair } = await withKey();
    await expect(whoIs(pair, { credentials: { ...pair, sessionToken: 'of the function' } })).rejects.toMatchObject(UNKNOWN);
  });
});

/** What the SDK hands from step to step. */
interface HttpRequest {
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

type Change = (request: HttpRequest) => void;

interface Asking {
  readonly beforeSigning?: Change;
  readonly afterSigning?: Change;
  readonly config?: STSClientConfig;
}

/** Asks by the SDK, with a request changed before and after it is signed. */
async function ask({ endpoint, pair }: Started, { beforeSigning, afterSigning, config }: Asking): Promise<GetCallerIdentityCommandOutput> {
  const client = new STSClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials: pair, ...config });
  client.middlewareStack.add((next) => async (args) => {
    beforeSigning?.(args.request as HttpRequest);
    return next(args);
  }, { step: 'build', priority: 'high' });
  client.middlewareStack.add((next) => async (args) => {
    afterSigning?.(args.request as HttpRequest);
    return next(args);
  }, { step: 'finalizeRequest', priority: 'low' });
  try {
    return await client.send(new GetCallerIdentityCommand({}));
  } finally {
    client.destroy();
  }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
describe('A signature', () => {
  test.each<[string, Change]>([
    ['a path with characters to encode', (request) => { request.path = '/a%20b/(c)*'; }],
    ['a query', (request) => { request.query = { b: '2 3', a: '1/\'()*!', B: '' }; }],
    ['headers with spaces', ({ headers }) => { headers['x-amz-meta'] = '  a   b  c '; }],
    ['a body beyond ASCII', (request) => { request.body += '&Note=\u00e4'; }],
  ])('is good with %s', async (_, change) => {
    const started = await withKey();
    await expect(ask(started, { beforeSigning: change })).resolves.toMatchObject({ Arn: started.arn });
  });

  const authorization = (from: string | RegExp, to: string): Change => ({ headers }) => {
    headers.authorization = (headers.authorization ?? '').replace(from, to);
  };

  test.each<[string, Change]>([
    ['another body', (request) => { request.body = request.body.split('&').reverse().join('&'); }],
    ['another query', ({ query }) => { query.a = '2'; }],
    ['another path', (request) => { request.path = '/a'; }],
    ['another header', ({ headers }) => { headers['x-amz-meta'] = 'b'; }],
    ['another region', authorization('us-east-1', 'us-east-2')],
    ['another service', authorization('/sts/', '/s3/')],
    ['a signature cut short', authorization(/.$/, '')],
    ['a signature over everything but the host', authorization('host;', '')],
    ['no time', ({ headers }) => { delete headers['x-amz-date']; }],
  ])('refuses %s', async (_, change) => {
    const started = await withKey();
    const beforeSigning: Change = ({ query, headers }) => {
      query.a = '1';
      headers['x-amz-meta'] = 'a';
    };
    const asked = ask(started, { beforeSigning, afterSigning: change });
    await expect(asked).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
    expect(started.service.keys('app')[0]?.lastUsed).toBeUndefined();
  });

  test.each([[-6, 'Signature expired'], [6, 'Signature not yet current']])('refuses a request %d minutes off', async (minutes, message) => {
    const started = await withKey();
    await expect(ask(started, { config: { systemClockOffset: minutes * 60_000 } })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch', message: expect.stringContaining(message),
    });
    await expect(ask(started, { config: { systemClockOffset: Math.sign(minutes) * 4 * 60_000 } })).resolves.toBeDefined();
  });

  test('refuses one of another day than its scope', async () => {
    const started = await withKey();
    await expect(ask(started, { afterSigning: authorization(/\/\d{8}\//, '/20200101/') })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch', message: expect.stringContaining('Date in Credential scope does not match'),
    });
  });

  test('is asked for', async () => {
    const started = await withKey();
    const afterSigning: Change = ({ headers }) => { delete headers.authorization; };
    await expect(ask(started, { afterSigning })).rejects.toMatchObject({ name: 'MissingAuthenticationToken' });
  });
});
