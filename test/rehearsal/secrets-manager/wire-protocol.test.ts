import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { harness, stopHarnesses, token } from './harness';

afterEach(stopHarnesses);

const SIGNATURE = 'AWS4-HMAC-SHA256 Credential=AKIARAW/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=00';

interface RawRequest {
  readonly target?: string;
  readonly body?: string;
  readonly authorization?: string;
}

async function post(endpoint: string, { target, body = '{}', authorization = SIGNATURE }: RawRequest): Promise<{ status: number; headers: Headers; body: unknown }> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', authorization, ...(target === undefined ? {} : { 'x-amz-target': target }) };
  const response = await fetch(endpoint, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
describe('AWS JSON 1.1', () => {
  test('answers with its content type, a request id, and timestamps in seconds with a fraction', async () => {
    const { service, endpoint } = await harness({ now: () => new Date(1_700_000_000_250) });
    service.createSecret({ name: 'app', secretString: 'one' });
    const { status, headers, body } = await post(endpoint, { target: 'secretsmanager.GetSecretValue', body: '{"SecretId":"app"}' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ SecretString: 'one', CreatedDate: 1_700_000_000.25 });
  });

  // the member is called Message: recorded against AWS by localstack/localstack, `test_no_client_request_token`
  test('answers errors with __type and Message', async () => {
    const { endpoint } = await harness();
    const { status, headers, body } = await post(endpoint, { target: 'secretsmanager.DescribeSecret', body: '{"SecretId":"nosuch"}' });
    expect(status).toBe(400);
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({ __type: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." });
  });

  test.each([['secretsmanager.NoSuchOperation'], ['dynamodb.GetItem'], [undefined]])('refuses the unknown operation %s', async (target) => {
    const { endpoint } = await harness();
    expect(await post(endpoint, { target })).toMatchObject({ status: 400, body: { __type: 'UnknownOperationException' } });
  });

  test.each([['not JSON'], ['[]'], ['"text"'], ['null']])('refuses the body %s without quoting it', async (body) => {
    const { endpoint } = await harness();
    const answer = await post(endpoint, { target: 'secretsmanager.GetSecretValue', body });
    expect(answer.body).toEqual({ __type: 'SerializationException', Message: 'The request is not a JSON object.' });
  });

  test.each([
    ['GetSecretValue', { SecretId: 7 }], ['PutSecretValue', { SecretId: 'app', ClientRequestToken: token('t'), SecretString: 's', VersionStages: 'AWSPENDING' }],
    ['RotateSecret', { SecretId: 'app', ClientRequestToken: token('t'), RotationRules: [] }], ['TagResource', { SecretId: 'app', Tags: [null] }],
    ['ListSecretVersionIds', { SecretId: 'app', IncludeDeprecated: 'yes' }], ['DeleteSecret', { SecretId: 'app', RecoveryWindowInDays: '7' }],
  ])('refuses a member of the wrong type: %s %j', async (action, members) => {
    const { service, endpoint } = await harness();
    service.createSecret({ name: 'app', secretString: 'one' });
    expect(await post(endpoint, { target: `secretsmanager.${action}`, body: JSON.stringify(members) })).toMatchObject({ body: { __type: 'SerializationException' } });
  });

  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
  test('refuses a request without a signature', async () => {
    const { endpoint } = await harness();
    expect(await post(endpoint, { target: 'secretsmanager.ListSecrets', authorization: '' })).toMatchObject({
      status: 400, body: { __type: 'MissingAuthenticationTokenException' },
    });
  });

  // recorded against AWS by localstack/localstack, `test_no_client_request_token`
  test.each([
    ['CreateSecret', { Name: 'new', SecretString: 's' }, 'InvalidRequestException'],
    ['PutSecretValue', { SecretId: 'app', SecretString: 's' }, 'InvalidRequestException'],
    ['UpdateSecret', { SecretId: 'app', SecretString: 's' }, 'InvalidRequestException'],
    ['RotateSecret', { SecretId: 'app' }, 'InvalidParameterException'],
  ])('refuses a raw %s without a ClientRequestToken', async (action, members, type) => {
    const { service, endpoint } = await harness();
    service.createSecret({ name: 'app', secretString: 'one' });
    expect((await post(endpoint, { target: `secretsmanager.${action}`, body: JSON.stringify(members) })).body).toEqual({
      __type: type, Message: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    });
  });

  test('knows its caller by the access key id of the signature', async () => {
    const { service, client, clientWith } = await harness();
    const { arn } = service.createSecret({ name: 'app', secretString: 'one' });
    const other = clientWith({ credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'unused', sessionToken: 'unused' } });
    await client.send(new DescribeSecretCommand({ SecretId: arn }));
    await other.send(new DescribeSecretCommand({ SecretId: arn }));
    expect(service.calls.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIATEST', 'AKIAOTHER']);
  });
});
