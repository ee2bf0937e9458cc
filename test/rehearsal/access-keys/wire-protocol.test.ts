import { XMLParser } from 'fast-xml-parser';
import { harness, stopHarnesses } from './harness';

afterEach(stopHarnesses);

function authorization(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=ASIARAW/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=00`;
}

interface RawRequest {
  readonly parameters: Record<string, string>;
  readonly signedFor?: string;
  readonly method?: string;
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly xml: unknown;
}

async function send(endpoint: string, { parameters, signedFor, method = 'POST' }: RawRequest): Promise<RawAnswer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(signedFor === undefined ? {} : { authorization: authorization(signedFor) }) };
  const response = await fetch(endpoint, { method, headers, ...(method === 'POST' ? { body: new URLSearchParams(parameters).toString() } : {}) });
  const text = await response.text();
  const xml: unknown = new XMLParser({ ignoreAttributes: false, parseTagValue: false, trimValues: false, htmlEntities: true }).parse(text);
  return { status: response.status, headers: response.headers, text, xml };
}

const REQUEST_ID = expect.stringMatching(/^[0-9a-f-]{36}$/);
const IAM = 'https://iam.amazonaws.com/doc/2010-05-08/';
const STS = 'https://sts.amazonaws.com/doc/2011-06-15/';

// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
describe('The Query protocol', () => {
  test('answers with the operation\'s response, its result, and a request id', async () => {
    const { service, endpoint } = await harness({ now: () => new Date('2026-01-01T12:00:00.250Z') });
    service.createUser('app');
    const { accessKeyId } = service.createAccessKey('app');
    const { status, headers, xml } = await send(endpoint, { parameters: { Action: 'ListAccessKeys', UserName: 'app' }, signedFor: 'iam' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/xml');
    expect(xml).toEqual({
      ListAccessKeysResponse: {
        '@_xmlns': IAM,
        'ListAccessKeysResult': {
          AccessKeyMetadata: { member: { UserName: 'app', AccessKeyId: accessKeyId, Status: 'Active', CreateDate: '2026-01-01T12:00:00Z' } }, IsTruncated: 'false',
        },
        'ResponseMetadata': { RequestId: REQUEST_ID },
      },
    });
  });

  test('answers an operation that has no result with metadata alone', async () => {
    const { service, endpoint } = await harness();
    service.createUser('app');
    const { accessKeyId: AccessKeyId } = service.createAccessKey('app');
    const { xml } = await send(endpoint, { parameters: { Action: 'DeleteAccessKey', UserName: 'app', AccessKeyId }, signedFor: 'iam' });
    expect(xml).toEqual({ DeleteAccessKeyResponse: { '@_xmlns': IAM, 'ResponseMetadata': { RequestId: REQUEST_ID } } });
  });

  test('answers errors with type, code, message and request id', async () => {
    const { endpoint } = await harness();
    const { status, xml } = await send(endpoint, { parameters: { Action: 'GetUser', UserName: 'nosuch' }, signedFor: 'iam' });
    expect(status).toBe(404);
    expect(xml).toEqual({
      ErrorResponse: {
        '@_xmlns': IAM, 'Error': { Type: 'Sender', Code: 'NoSuchEntity', Message: 'The user with name nosuch cannot be found.' }, 'RequestId': REQUEST_ID,
      },
    });
  });

  test('escapes what a caller sends', async () => {
    const { endpoint } = await harness();
    const UserName = '</Message><Code>&amp;"\'\r\u0001]]>\u{1f511}';
    const { xml, text } = await send(endpoint, { parameters: { Action: 'GetUser', UserName }, signedFor: 'iam' });
    const message = `The user with name ${UserName.replace('\u0001', '\ufffd')} cannot be found.`;
    expect(xml).toMatchObject({ ErrorResponse: { Error: { Code: 'NoSuchEntity', Message: message } } });
    expect(text).toContain('&lt;/Message&gt;&lt;Code&gt;&amp;amp;&quot;&apos;&#xD;\ufffd]]&gt;');
  });

  test('decodes forms', async () => {
    const { service, endpoint } = await harness();
    service.createUser('a+b=c,@d.-e');
    const { status } = await send(endpoint, { parameters: { Action: 'GetUser', UserName: 'a+b=c,@d.-e' }, signedFor: 'iam' });
    expect(status).toBe(200);
  });

  test.each([
    ['what it is signed for', { signedFor: 'sts', parameters: { Action: 'NoSuch', Version: '2010-05-08' } }, STS],
    ['what it is signed for', { signedFor: 'iam', parameters: { Action: 'NoSuch', Version: '2011-06-15' } }, IAM],
    ['its version when it is not signed', { parameters: { Action: 'NoSuch', Version: '2011-06-15' } }, STS],
    ['its version when it is not signed', { parameters: { Action: 'NoSuch', Version: '2010-05-08' } }, IAM],
  ])('tells the service by %s', async (_, request, namespace) => {
    const { endpoint } = await harness();
    expect((await send(endpoint, request)).xml).toMatchObject({ ErrorResponse: { '@_xmlns': namespace } });
  });

  test.each([
    ['an unknown operation', { signedFor: 'iam', parameters: { Action: 'DeleteAccount' } }], ['an operation of the other service', { signedFor: 'iam', parameters: { Action: 'GetCallerIdentity' } }],
    ['no operation', { signedFor: 'iam', parameters: {} }], ['a GET', { signedFor: 'iam', method: 'GET', parameters: { Action: 'GetUser' } }],
    ['another service', { signedFor: 'ec2', parameters: { Action: 'RunInstances' } }],
  ])('refuses %s', async (_, request) => {
    const { endpoint } = await harness();
    expect(await send(endpoint, request)).toMatchObject({ status: 400, xml: { ErrorResponse: { Error: { Type: 'Sender', Code: 'InvalidAction' } } } });
  });

  test.each([['iam', '2010-05-08', 'GetUser'], ['sts', '2011-06-15', 'GetCallerIdentity']])('refuses a request without a signature: %s', async (_, Version, Action) => {
    const { endpoint } = await harness();
    expect(await send(endpoint, { parameters: { Action, Version } })).toMatchObject({
      status: 403, xml: { ErrorResponse: { Error: { Code: 'MissingAuthenticationToken' } } },
    });
  });

  test.each(['UpdateAccessKey', 'DeleteAccessKey', 'GetAccessKeyLastUsed'])('refuses %s without a key', async (Action) => {
    const { service, endpoint } = await harness();
    service.createUser('app');
    expect(await send(endpoint, { parameters: { Action, UserName: 'app', Status: 'Active' }, signedFor: 'iam' })).toMatchObject({
      status: 400,
      xml: { ErrorResponse: { Error: { Code: 'ValidationError', Message: '1 validation error detected: Value null at \'accessKeyId\' failed to satisfy constraint: Member must not be null' } } },
    });
  });
});
