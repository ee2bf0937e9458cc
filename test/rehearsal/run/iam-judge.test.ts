import { findRolePolicies } from '../../../rehearsal/assembly/policies';
import { Resolver } from '../../../rehearsal/assembly/resolver';
import { resourceKey, Template, TemplateResource } from '../../../rehearsal/assembly/template';
import { CLIENT_ACCESS_KEY_ID } from '../../../rehearsal/clients';
import { IamJudge } from '../../../rehearsal/run/iam-judge';
import { OPERATOR_ACCESS_KEY_ID } from '../../../rehearsal/run/json-client';
import { AuthorizationRequest } from '../../../rehearsal/secrets-manager';
import { assemblyOf, stackOf } from '../assembly/assembly-fixture';

const KEY_ID = 'ASIAFUNCTION00000000';
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf';
const ROLE_ARN = 'arn:aws:iam::111122223333:role/rotator';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:rotate';

const READ: AuthorizationRequest = { accessKeyId: KEY_ID, action: 'secretsmanager:GetSecretValue', resource: SECRET_ARN, secretArn: SECRET_ARN, context: {} };

const BASE: Readonly<Record<string, TemplateResource>> = {
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator' } },
  Rotate: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'rotate' } },
};

/** A condition that nobody can decide before the deployment. */
const PERHAPS: Template = { Conditions: { Perhaps: { 'Fn::Equals': [{ Ref: 'Unset' }, 'yes'] } }, Parameters: { Unset: { Type: 'String' } } };

function judgeOf(resources: Readonly<Record<string, TemplateResource>>, template: Template = {}): IamJudge {
  const stack = stackOf({ ...template, Resources: { ...BASE, ...resources } });
  const resolver = new Resolver({ assembly: assemblyOf(stack), secretArns: new Map([[resourceKey(stack, 'Secret'), SECRET_ARN]]) });
  const judge = new IamJudge(resolver);
  judge.register(KEY_ID, findRolePolicies(resolver, ROLE_ARN));
  return judge;
}

function policy(...Statement: readonly object[]): TemplateResource {
  return { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement } } };
}

function resourcePolicy(...Statement: readonly object[]): TemplateResource {
  return { Type: 'AWS::SecretsManager::ResourcePolicy', Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy: { Statement } } };
}

function allow(Action: string | readonly string[], Resource: unknown = { Ref: 'Secret' }, more: object = {}): object {
  return { Effect: 'Allow', Action, Resource, ...more };
}

describe('a call is allowed', () => {
  test('by a policy that stands alone', () => {
    expect(judgeOf({ Policy: policy(allow('secretsmanager:GetSecretValue')) }).authorize(READ).allowed).toBe(true);
  });

  test('by a policy of the role itself that a condition chooses', () => {
    const chosen = { PolicyName: 'inline', PolicyDocument: { Statement: [allow('secretsmanager:*')] } };
    const Policies = [{ 'Fn::If': ['Always', chosen, { Ref: 'AWS::NoValue' }] }];
    const judge = judgeOf({ Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', Policies } } }, { Conditions: { Always: { 'Fn::Equals': ['a', 'a'] } } });
    expect(judge.authorize(READ).allowed).toBe(true);
  });

  test('by a policy of the role itself', () => {
    const Policies = [{ PolicyName: 'inline', PolicyDocument: { Statement: [allow('secretsmanager:*')] } }];
    expect(judgeOf({ Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', Policies } } }).authorize(READ).allowed).toBe(true);
  });

  test.each([
    ['that the role names', { ManagedPolicyArns: [{ Ref: 'Managed' }] }, {}],
    ['that names the role', {}, { Roles: [{ Ref: 'Role' }] }],
  ])('by a managed policy %s', (_, role, managed) => {
    const judge = judgeOf({
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', ...role } },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ...managed, PolicyDocument: { Statement: allow('secretsmanager:GetSecretValue') } } },
    });
    expect(judge.authorize(READ).allowed).toBe(true);
  });

  test('to clients and to the operator, who are not the function', () => {
    const judge = judgeOf({});
    const decisions = [CLIENT_ACCESS_KEY_ID, OPERATOR_ACCESS_KEY_ID].map(accessKeyId => judge.authorize({ ...READ, accessKeyId }).allowed);
    expect(decisions).toEqual([true, true]);
  });
});

describe('refuses', () => {
  test('what nobody granted, and reports it', () => {
    const judge = judgeOf({});
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).denied).toEqual([`secretsmanager:GetSecretValue on ${SECRET_ARN}: no identity-based policy allows the secretsmanager:GetSecretValue action`]);
  });

  test('what the permissions boundary does not allow', () => {
    const judge = judgeOf({
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', PermissionsBoundary: { Ref: 'Boundary' } } },
      Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [allow('secretsmanager:Describe*', '*')] } } },
      Policy: policy(allow('secretsmanager:*')),
    });
    expect([judge.authorize(READ).allowed, judge.authorize({ ...READ, action: 'secretsmanager:DescribeSecret' }).allowed]).toEqual([false, true]);
  });

  test('all under a boundary that is not in the assembly, and names it', () => {
    const judge = judgeOf({
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', PermissionsBoundary: 'arn:aws:iam::111122223333:policy/elsewhere' } },
      Policy: policy(allow('secretsmanager:*')),
    });
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual(['the policy arn:aws:iam::111122223333:policy/elsewhere is not in the assembly']);
  });

  test.each([
    ['all under a policy of the account\'s that is not in the assembly', 'arn:aws:iam::111122223333:policy/elsewhere', false],
    ['nothing more under one of AWS\'s own, which grants', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', true],
  ])('%s, and names it', (_, arn, allowed) => {
    const Role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', ManagedPolicyArns: [arn] } };
    const judge = judgeOf({ Role, Policy: policy(allow('secretsmanager:*')) });
    expect(judge.authorize(READ).allowed).toBe(allowed);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual([`the policy ${arn} is not in the assembly`]);
  });

  test('what the secret\'s own policy denies', () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
    const judge = judgeOf({ Policy: policy(allow('secretsmanager:*')), OfSecret: resourcePolicy(deny) });
    expect(judge.authorize(READ)).toMatchObject({ allowed: false, reason: 'of an explicit deny in the resource policy' });
  });

  test('a statement with a part that cannot be worked out, and names the part', () => {
    const judge = judgeOf({ Policy: policy(allow('secretsmanager:*', { 'Fn::Cidr': [] })) });
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toContain('the rehearsal does not know the intrinsic function Fn::Cidr (stack Shop)');
  });

  test('a statement with a condition operator that it does not know, and names the operator', () => {
    const judge = judgeOf({ Policy: policy(allow('secretsmanager:*', '*', { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } })) });
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual([expect.stringContaining('DateGreaterThan')]);
  });

  test.each<[string, Readonly<Record<string, TemplateResource>>]>([
    ['the role', { Maybe: policy(allow('secretsmanager:*', '*', { Effect: 'Deny' })) }],
    ['the secret', { Maybe: resourcePolicy({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }) }],
  ])('what a policy of %s may deny, of which it cannot be said whether it is created, and names it', (_, { Maybe }) => {
    const judge = judgeOf({ Policy: policy(allow('secretsmanager:*')), Maybe: { ...Maybe, Type: Maybe?.Type ?? '', Condition: 'Perhaps' } }, PERHAPS);
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual(['Shop/Maybe: its condition Perhaps cannot be decided']);
  });

  test('what only such a policy allows', () => {
    const judge = judgeOf({ Maybe: { ...policy(allow('secretsmanager:*')), Condition: 'Perhaps' } }, PERHAPS);
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unusedGrants).toEqual([]);
  });

  test('what a policy may deny whose roles cannot be worked out, and names it', () => {
    const elsewhere = { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ 'Fn::Cidr': [] }], PolicyDocument: { Statement: [allow('*', '*', { Effect: 'Deny' })] } } };
    const judge = judgeOf({ Policy: policy(allow('secretsmanager:*')), Elsewhere: elsewhere });
    expect(judge.authorize(READ).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual(['Shop/Elsewhere: what it is attached to cannot be worked out']);
  });

  test.each([
    ['a whole document', { PolicyName: 'inline', PolicyDocument: { 'Fn::If': ['Perhaps', { Statement: [] }, { Statement: [] }] } }],
    ['an inline policy', { 'Fn::If': ['Perhaps', { PolicyName: 'inline', PolicyDocument: { Statement: [] } }, { Ref: 'AWS::NoValue' }] }],
  ])('everything where %s cannot be worked out: it may deny', (_, inline) => {
    const Role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', Policies: [inline] } };
    expect(judgeOf({ Role, Policy: policy(allow('secretsmanager:*')) }, PERHAPS).authorize(READ).allowed).toBe(false);
  });

  test('a caller that nobody knows', () => {
    expect(judgeOf({}).authorize({ ...READ, accessKeyId: 'AKIASTRANGER' }).allowed).toBe(false);
  });
});

describe('a key', () => {
  const keyRequest = (arn: string): AuthorizationRequest => ({
    accessKeyId: KEY_ID,
    action: 'kms:Decrypt',
    resource: arn,
    secretArn: SECRET_ARN,
    context: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com', 'kms:EncryptionContext:SecretARN': SECRET_ARN },
  });
  const grant = allow('kms:Decrypt', { 'Fn::GetAtt': ['Key', 'Arn'] }, {
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com', 'kms:EncryptionContext:SecretARN': { Ref: 'Secret' } } },
  });
  const root = { Effect: 'Allow', Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } }, Action: 'kms:*', Resource: '*' };

  function decide(key: object, ...statements: readonly object[]): boolean {
    const resources = { Key: { Type: 'AWS::KMS::Key', Properties: { ...key } }, Policy: policy(...statements) };
    const stack = stackOf({ Resources: { ...BASE, ...resources } });
    const arn = String(new Resolver({ assembly: assemblyOf(stack) }).resolve({ 'Fn::GetAtt': ['Key', 'Arn'] }, stack));
    return judgeOf(resources).authorize(keyRequest(arn)).allowed;
  }

  test('whose policy lets the account decide is opened by the role\'s policy', () => {
    expect(decide({ KeyPolicy: { Statement: [root] } }, grant)).toBe(true);
  });

  test('without a policy of its own lets the account decide', () => {
    expect(decide({}, grant)).toBe(true);
  });

  test('refuses a role without a grant', () => {
    expect(decide({ KeyPolicy: { Statement: [root] } })).toBe(false);
  });

  test('refuses where its policy names others alone', () => {
    expect(decide({ KeyPolicy: { Statement: [{ ...root, Principal: { AWS: 'arn:aws:iam::111122223333:role/other' } }] } }, grant)).toBe(false);
  });

  test('refuses a grant for the encryption context of another secret', () => {
    expect(decide({}, allow('kms:Decrypt', '*', { Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': `${SECRET_ARN}X` } } }))).toBe(false);
  });
});

describe('Secrets Manager itself', () => {
  const INVOKE: AuthorizationRequest = {
    service: 'secretsmanager.amazonaws.com',
    action: 'lambda:InvokeFunction',
    resource: FUNCTION_ARN,
    secretArn: SECRET_ARN,
    context: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': SECRET_ARN },
  };

  function permission(properties: object): TemplateResource {
    return { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Rotate' }, Action: 'lambda:InvokeFunction', Principal: 'secretsmanager.amazonaws.com', ...properties } };
  }

  test.each<[string, object, boolean]>([
    ['with its principal', {}, true],
    ['for this account and secret', { SourceAccount: { Ref: 'AWS::AccountId' }, SourceArn: { Ref: 'Secret' } }, true],
    ['for another account', { SourceAccount: '444455556666' }, false],
    ['for another secret', { SourceArn: `${SECRET_ARN}X` }, false],
    ['with another principal', { Principal: 'events.amazonaws.com' }, false],
    ['of another function', { FunctionName: 'other' }, false],
    ['of an alias of the function', { FunctionName: `${FUNCTION_ARN}:live` }, false],
  ])('is judged by a permission %s', (_, properties, allowed) => {
    expect(judgeOf({ Permission: permission(properties) }).authorize(INVOKE).allowed).toBe(allowed);
  });

  test('is refused where it cannot be said whether the permission is created, which is named', () => {
    const judge = judgeOf({ Permission: { ...permission({}), Condition: 'Perhaps' } }, PERHAPS);
    expect(judge.authorize(INVOKE).allowed).toBe(false);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unknown).toEqual(['Shop/Permission: its condition Perhaps cannot be decided']);
  });

  test('is refused without a permission', () => {
    expect(judgeOf({}).authorize(INVOKE).allowed).toBe(false);
  });
});

describe('grants that no call used', () => {
  test('are reported, but not those that Lambda itself uses', () => {
    const judge = judgeOf({
      Policy: policy(
        allow(['secretsmanager:GetSecretValue', 'secretsmanager:DeleteSecret'], { Ref: 'Secret' }, { Sid: 'Secret' }),
        allow(['logs:PutLogEvents', 'ec2:CreateNetworkInterface', 'xray:PutTraceSegments'], '*'),
      ),
    });
    judge.authorize(READ);
    expect(judge.report(KEY_ID, FUNCTION_ARN).unusedGrants).toEqual([`Secret: secretsmanager:DeleteSecret on ${SECRET_ARN}`]);
  });
});
