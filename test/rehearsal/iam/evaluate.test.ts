import { evaluate, EvaluationRequest, PolicyDocument, Statement } from '../../../rehearsal/iam';

const ROLE = 'arn:aws:iam::111122223333:role/rotation';
const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf';
const GET = 'secretsmanager:GetSecretValue';

function request(over: Partial<EvaluationRequest> = {}): EvaluationRequest {
  return { principal: ROLE, action: GET, resource: SECRET, context: {}, ...over };
}

function policy(...statements: Statement[]): PolicyDocument {
  return { Statement: statements };
}

const allow = (over: Statement = {}): Statement => ({ Effect: 'Allow', Action: GET, Resource: SECRET, ...over });
const deny = (over: Statement = {}): Statement => ({ ...allow(over), Effect: 'Deny' });

/** Whether the identity policy with this one statement allows the request. */
function allowed(statement: Statement, over: Partial<EvaluationRequest> = {}): boolean {
  return evaluate(request(over), { identity: [policy(statement)] }).allowed;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe('The decision', () => {
  test('refuses what no policy allows', () => {
    expect(evaluate(request(), { identity: [policy()] })).toEqual({
      allowed: false, reason: 'no identity-based policy allows the secretsmanager:GetSecretValue action', unknown: [], matched: [],
    });
  });

  test('allows what an identity policy allows, and refers to the statement', () => {
    const statement = allow({ Sid: 'Read' });
    const evaluation = evaluate(request(), { identity: [policy(deny({ Action: 'secretsmanager:DeleteSecret' })), { Statement: statement }] });
    expect(evaluation.allowed).toBe(true);
    expect(evaluation.matched.map(({ statement: matched }) => matched)).toEqual([statement]);
  });

  test.each([['identity'], ['boundary'], ['resource']] as const)('refuses what the %s policy denies explicitly, whatever else allows it', (where) => {
    const everything = allow({ Action: '*', Resource: '*' });
    const policies = { identity: [policy(everything)], boundary: policy(everything), resource: [policy({ ...everything, Principal: '*' })] };
    const denied = policy(everything, deny({ Principal: '*' }));
    const evaluation = evaluate(request(), { ...policies, [where]: where === 'boundary' ? denied : [denied] });
    expect(evaluation).toMatchObject({ allowed: false, reason: `of an explicit deny in the ${where} policy` });
  });

  test('refuses what the permissions boundary does not allow, and allows what both allow', () => {
    const identity = [policy(allow({ Action: 'secretsmanager:*' }))];
    expect(evaluate(request(), { identity, boundary: policy(allow()) }).allowed).toBe(true);
    expect(evaluate(request({ action: 'secretsmanager:PutSecretValue' }), { identity, boundary: policy(allow()) })).toMatchObject({
      allowed: false, reason: 'no permissions boundary allows the secretsmanager:PutSecretValue action',
    });
  });

  test('refuses what a boundary alone allows', () => {
    expect(evaluate(request(), { identity: [], boundary: policy(allow()) }).allowed).toBe(false);
  });

  test('allows what a resource policy of the account allows on its own', () => {
    expect(evaluate(request(), { identity: [], resource: [policy(allow({ Principal: { AWS: ROLE }, Resource: '*' }))] }).allowed).toBe(true);
    expect(evaluate(request(), { identity: [], resource: [policy(allow({ Principal: '*', Resource: '*' }))] }).allowed).toBe(true);
  });

  test('refuses a role that a resource policy names but its boundary does not allow', () => {
    const resource = [policy(allow({ Principal: { AWS: ROLE } }))];
    expect(evaluate(request(), { identity: [], resource, boundary: policy(allow({ Action: 'logs:*' })) }).allowed).toBe(false);
    expect(evaluate(request(), { identity: [], resource, boundary: policy(allow()) }).allowed).toBe(true);
  });

  test('refuses a principal that a resource policy reaches only through its account', () => {
    const resource = [policy(allow({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }))];
    expect(evaluate(request(), { identity: [], resource }).allowed).toBe(false);
  });

  test('refuses everybody of an account that a resource policy denies', () => {
    const resource = [policy(deny({ Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Resource: '*' }))];
    expect(evaluate(request(), { identity: [policy(allow())], resource }).allowed).toBe(false);
  });

  test('passes over statements for other principals', () => {
    const resource = [policy(deny({ Principal: { Service: 'lambda.amazonaws.com' } }), deny({ Principal: { AWS: `${ROLE}-other` } }))];
    expect(evaluate(request(), { identity: [policy(allow())], resource }).allowed).toBe(true);
  });
});

describe('Actions and resources', () => {
  test.each([
    [GET, true], ['secretsmanager:getsecretvalue', true], ['secretsmanager:Get*', true], ['secretsmanager:?etSecretValue', true], ['*', true],
    ['secretsmanager:DescribeSecret', false], ['secretsmanager:GetSecret', false], ['secretsmanagerXGetSecretValue', false],
  ])('Action %s matches: %s', (action, matches) => {
    expect(allowed(allow({ Action: ['logs:CreateLogStream', action] }))).toBe(matches);
    expect(allowed(allow({ Action: undefined, NotAction: action }))).toBe(!matches);
  });

  test.each([
    [SECRET, true], ['*', true], ['arn:aws:secretsmanager:us-east-1:111122223333:secret:app-??????', true],
    ['arn:aws:secretsmanager:*:111122223333:secret:*', true], ['arn:*:secretsmanager:us-east-1:111122223333:*', true],
    ['arn:aws:secretsmanager:us-east-1:111122223333:secret:app-?????', false], ['arn:aws:secretsmanager:us-east-1:111122223333:secret:APP-AbCdEf', false],
    ['arn:aws:secretsmanager:us-west-2:111122223333:secret:*', false], ['arn:aws:s3*:::*:secret:app-AbCdEf', false],
  ])('Resource %s matches: %s', (resource, matches) => {
    expect(allowed(allow({ Resource: [resource] }))).toBe(matches);
    expect(allowed(allow({ Resource: undefined, NotResource: resource }))).toBe(!matches);
  });

  test('an action without a resource is granted on * only', () => {
    const over = { action: 'secretsmanager:GetRandomPassword', resource: '*' };
    expect(allowed(allow({ Action: over.action, Resource: '*' }), over)).toBe(true);
    expect(allowed(allow({ Action: over.action }), over)).toBe(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('Conditions', () => {
  const KEY = 'secretsmanager:VersionStage';
  test.each<[string, unknown, EvaluationRequest['context'], boolean]>([
    ['StringEquals', 'AWSCURRENT', { [KEY]: 'AWSCURRENT' }, true],
    ['StringEquals', ['AWSPENDING', 'AWSCURRENT'], { [KEY]: 'AWSCURRENT' }, true],
    ['StringEquals', 'AWSCURRENT', { [KEY]: 'awscurrent' }, false],
    ['StringEquals', 'AWSCURRENT', { 'SecretsManager:versionstage': 'AWSCURRENT' }, true],
    ['StringEquals', 'AWSCURRENT', {}, false],
    ['StringEquals', 'AWS*', { [KEY]: 'AWSCURRENT' }, false],
    ['StringEqualsIgnoreCase', 'AWSCURRENT', { [KEY]: 'awscurrent' }, true],
    ['StringEqualsIfExists', 'AWSCURRENT', {}, true],
    ['StringEqualsIfExists', 'AWSCURRENT', { [KEY]: 'AWSPENDING' }, false],
    ['StringLike', 'AWS*', { [KEY]: 'AWSCURRENT' }, true],
    ['StringLike', 'AWS?', { [KEY]: 'AWSCURRENT' }, false],
    ['StringNotEquals', 'AWSCURRENT', { [KEY]: 'AWSPENDING' }, true],
    ['StringNotEquals', ['AWSCURRENT', 'AWSPENDING'], { [KEY]: 'AWSPENDING' }, false],
    ['StringNotEquals', 'AWSCURRENT', {}, true],
    ['StringNotLike', 'AWS*', { [KEY]: 'AWSPENDING' }, false],
    ['ArnLike', 'arn:aws:secretsmanager:*:*:secret:app-??????', { [KEY]: SECRET }, true],
    ['ArnEquals', SECRET, { [KEY]: SECRET }, true],
    ['ArnLike', 'arn:aws:secretsmanager:*:secret:app-AbCdEf:x', { [KEY]: SECRET }, false],
    ['ArnNotLike', 'arn:aws:secretsmanager:*:*:secret:app-*', { [KEY]: SECRET }, false],
    ['Bool', 'true', { [KEY]: 'true' }, true],
    ['Bool', true, { [KEY]: 'True' }, true],
    ['Bool', 'true', { [KEY]: 'false' }, false],
    ['BoolIfExists', 'true', {}, true],
    ['Null', 'true', {}, true],
    ['Null', 'false', {}, false],
    ['Null', false, { [KEY]: 'any' }, true],
    ['ForAnyValue:StringEquals', ['a', 'b'], { [KEY]: ['b', 'c'] }, true],
    ['ForAnyValue:StringEquals', ['a', 'b'], { [KEY]: ['c'] }, false],
    ['ForAnyValue:StringEquals', ['a'], {}, false],
    ['ForAnyValue:StringNotEquals', ['a'], {}, false],
    ['ForAnyValue:StringEquals', 'a', { [KEY]: 'a' }, true],
    ['ForAllValues:StringEquals', ['a', 'b'], { [KEY]: ['b', 'a'] }, true],
    ['ForAllValues:StringEquals', ['a', 'b'], { [KEY]: ['b', 'c'] }, false],
    ['ForAllValues:StringEquals', ['a'], {}, true],
    ['ForAllValues:StringNotLike', ['a*'], { [KEY]: ['b', 'abc'] }, false],
  ])('%s %j of %j holds: %s', (operator, expected, context, holds) => {
    expect(allowed(allow({ Condition: { [operator]: { [KEY]: expected } } }), { context })).toBe(holds);
  });

  test('all operators and all keys must hold', () => {
    const Condition = { StringEquals: { 'aws:a': '1', 'aws:b': '2' }, Bool: { 'aws:c': 'true' } };
    expect(allowed(allow({ Condition }), { context: { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'true' } })).toBe(true);
    expect(allowed(allow({ Condition }), { context: { 'aws:a': '1', 'aws:b': '3', 'aws:c': 'true' } })).toBe(false);
    expect(allowed(allow({ Condition }), { context: { 'aws:a': '1', 'aws:b': '2' } })).toBe(false);
  });
});

describe('What cannot be evaluated', () => {
  const unresolved = { 'Fn::GetAtt': ['Secret', 'Id'] };
  const cases: [string, Statement, string][] = [
    ['an unknown operator', { Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01' } } }, 'condition DateLessThan on aws:CurrentTime'],
    ['an operator that looks like a known one', { Condition: { NotBool: { 'aws:SecureTransport': 'true' } } }, 'condition NotBool on aws:SecureTransport'],
    ['several values without a set operator', { Condition: { StringEquals: { 'aws:many': 'a' } } }, 'several values of aws:many without ForAnyValue or ForAllValues'],
    ['an intrinsic as condition value', { Condition: { StringEquals: { 'aws:one': unresolved } } }, 'unresolved value {"Fn::GetAtt":["Secret","Id"]}'],
    ['an intrinsic as condition', { Condition: { Ref: 'Other' } }, 'condition Ref on Other'],
    ['an intrinsic for the operator\'s keys', { Condition: { StringEquals: { 'Fn::If': ['A', 'B', 'C'] } } }, 'condition StringEquals on Fn::If'],
    ['an intrinsic as action', { Action: [unresolved] }, 'unresolved value {"Fn::GetAtt":["Secret","Id"]}'],
    ['an intrinsic as resource', { Resource: unresolved }, 'unresolved value {"Fn::GetAtt":["Secret","Id"]}'],
    ['a policy variable', { Resource: 'arn:aws:secretsmanager:us-east-1:${aws:PrincipalAccount}:secret:app-AbCdEf' }, 'policy variable in arn:aws:secretsmanager:us-east-1:${aws:PrincipalAccount}:secret:app-AbCdEf'],
    ['an ARN that ends early', { Resource: 'arn:aws:secretsmanager:*' }, 'incomplete ARN arn:aws:secretsmanager:*'],
    ['a statement without an action', { Action: undefined }, 'statement without Action'],
    ['a statement without a resource', { Resource: undefined }, 'statement without Resource'],
  ];
  const context = { 'aws:many': ['a', 'b'], 'aws:one': 'x' };

  test.each(cases)('is refused in an Allow, and named: %s', (_, over, name) => {
    const evaluation = evaluate(request({ context }), { identity: [policy(allow(over))] });
    expect(evaluation).toMatchObject({ allowed: false, unknown: [name] });
  });

  test.each(cases)('is refused in a Deny, and named: %s', (_, over, name) => {
    const evaluation = evaluate(request({ context }), { identity: [policy(allow(), deny(over))] });
    expect(evaluation).toMatchObject({ allowed: false, unknown: [name], reason: 'of an explicit deny in the identity policy' });
  });

  test.each<[string, Statement, string]>([
    ['NotPrincipal', { NotPrincipal: { AWS: ROLE } }, 'NotPrincipal'],
    ['no principal', {}, 'statement without Principal'],
    ['an intrinsic for the principal', { Principal: unresolved }, 'unresolved value {"Fn::GetAtt":["Secret","Id"]}'],
    ['an intrinsic as principal', { Principal: { AWS: unresolved } }, 'unresolved value {"Fn::GetAtt":["Secret","Id"]}'],
  ])('is refused in a resource policy, and named: %s', (_, over, name) => {
    expect(evaluate(request(), { identity: [], resource: [policy(allow(over))] })).toMatchObject({ allowed: false, unknown: [name] });
    expect(evaluate(request(), { identity: [policy(allow())], resource: [policy(deny(over))] })).toMatchObject({ allowed: false, unknown: [name] });
  });

  test('is refused when it is the effect', () => {
    const evaluation = evaluate(request(), { identity: [policy(allow(), allow({ Effect: unresolved }))] });
    expect(evaluation).toMatchObject({ allowed: false, unknown: ['effect {"Fn::GetAtt":["Secret","Id"]}'] });
  });

  test('does not matter in a statement that is about something else', () => {
    const elsewhere = deny({ Action: 'logs:*', Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01' } } });
    expect(evaluate(request(), { identity: [policy(allow(), elsewhere)] })).toMatchObject({ allowed: true, unknown: [] });
  });

  test('is named and does not matter when another statement allows the request', () => {
    const evaluation = evaluate(request(), { identity: [policy(allow(), allow({ Resource: unresolved }))] });
    expect(evaluation).toMatchObject({ allowed: true, unknown: [expect.any(String)] });
  });
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
describe('A key used by Secrets Manager on the caller\'s behalf', () => {
  const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234';
  const decrypt = request({
    action: 'kms:Decrypt',
    resource: KEY,
    context: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com', 'kms:EncryptionContext:SecretARN': SECRET },
  });
  const delegation: Statement = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' };
  const limited: Statement = {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: KEY,
    Condition: {
      StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
      StringLike: { 'kms:EncryptionContext:SecretARN': 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-??????' },
    },
  };

  test('is allowed by an identity policy where the key policy delegates to the account', () => {
    expect(evaluate(decrypt, { identity: [policy(limited)], resource: [policy(delegation)] }).allowed).toBe(true);
    expect(evaluate(decrypt, { identity: [policy(limited)], resource: [policy({ ...delegation, Principal: { AWS: '111122223333' } })] }).allowed).toBe(true);
  });

  test('is refused for another secret or outside of Secrets Manager', () => {
    const policies = { identity: [policy(limited)], resource: [policy(delegation)] };
    expect(evaluate({ ...decrypt, context: { ...decrypt.context, 'kms:EncryptionContext:SecretARN': `${SECRET}x` } }, policies).allowed).toBe(false);
    expect(evaluate({ ...decrypt, context: { 'kms:EncryptionContext:SecretARN': SECRET } }, policies).allowed).toBe(false);
  });

  test('is refused where the key policy says nothing to the account, whatever the identity policy says', () => {
    const resource = [policy({ ...delegation, Principal: { AWS: 'arn:aws:iam::111122223333:role/admin' } })];
    expect(evaluate(decrypt, { identity: [policy(limited)], resource })).toMatchObject({
      allowed: false, reason: "the key policy does not let the account's policies allow the kms:Decrypt action",
    });
    expect(evaluate(decrypt, { identity: [policy(limited)] }).allowed).toBe(false);
  });

  test('is refused where only the key policy delegates', () => {
    expect(evaluate(decrypt, { identity: [], resource: [policy(delegation)] }).allowed).toBe(false);
  });

  test('is allowed by a key policy that names the role', () => {
    expect(evaluate(decrypt, { identity: [], resource: [policy({ ...limited, Resource: '*', Principal: { AWS: ROLE } })] }).allowed).toBe(true);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
describe('Secrets Manager\'s own invocation of the function', () => {
  const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:rotation';
  const invoke = request({
    principal: 'secretsmanager.amazonaws.com',
    action: 'lambda:InvokeFunction',
    resource: FUNCTION,
    context: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': SECRET },
  });
  const permission: Statement = {
    Effect: 'Allow',
    Principal: { Service: 'secretsmanager.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: FUNCTION,
    Condition: { StringEquals: { 'AWS:SourceAccount': '111122223333' }, ArnLike: { 'AWS:SourceArn': 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-??????' } },
  };

  test('is allowed by the function\'s permission', () => {
    expect(evaluate(invoke, { identity: [], resource: [policy(permission)] })).toMatchObject({ allowed: true });
  });

  test('is refused for another account, another secret, another service, and without permission', () => {
    const resource = [policy(permission)];
    expect(evaluate({ ...invoke, context: { ...invoke.context, 'aws:SourceAccount': '999999999999' } }, { identity: [], resource }).allowed).toBe(false);
    expect(evaluate({ ...invoke, context: { ...invoke.context, 'aws:SourceArn': `${SECRET}x` } }, { identity: [], resource }).allowed).toBe(false);
    expect(evaluate({ ...invoke, principal: 'events.amazonaws.com' }, { identity: [], resource }).allowed).toBe(false);
    expect(evaluate(invoke, { identity: [], resource: [] })).toMatchObject({ allowed: false, reason: 'no resource-based policy allows the lambda:InvokeFunction action' });
  });
});
