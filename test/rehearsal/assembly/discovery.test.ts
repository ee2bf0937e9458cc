import { assemblyOf, stackOf } from './assembly-fixture';
import { findRotations, FoundRotations } from '../../../rehearsal/assembly/discovery';
import { Resolver } from '../../../rehearsal/assembly/resolver';
import { SecretValues } from '../../../rehearsal/assembly/secret-values';
import { findSecrets } from '../../../rehearsal/assembly/secrets';
import { Template } from '../../../rehearsal/assembly/template';

function find(template: Template): FoundRotations {
  const assembly = assemblyOf(stackOf(template));
  const { secrets, unresolvable } = findSecrets(new Resolver({ assembly }));
  const arns = new Map(secrets.map(({ key, name }) => [key, `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`]));
  return findRotations(new SecretValues(assembly, arns, secrets), unresolvable);
}

const SECRET = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'app' } };
const ROLE = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator' } };
const ROTATE = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: 'exports.handler = async () => {};' },
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Timeout: 45,
    Environment: { Variables: { WHERE: { Ref: 'AWS::Region' } } },
  },
};
const SCHEDULE = {
  Type: 'AWS::SecretsManager::RotationSchedule',
  Metadata: { 'aws:cdk:path': 'Shop/App/Resource' },
  Properties: { SecretId: { Ref: 'Secret' }, RotationLambdaARN: { 'Fn::GetAtt': ['Rotate', 'Arn'] } },
};
const ALL = { Secret: SECRET, Role: ROLE, Rotate: ROTATE, Schedule: SCHEDULE };

/** The resources with other properties of one of them. */
function withProperties(logicalId: keyof typeof ALL, properties: object): Template {
  return { Resources: { ...ALL, [logicalId]: { ...ALL[logicalId], Properties: { ...ALL[logicalId].Properties, ...properties } } } };
}

function withConfig(config: object): Template {
  return withProperties('Rotate', { Environment: { Variables: { ROTATION_CONFIG: JSON.stringify({ host: 'db', port: 5432, username: 'app', ...config }) } } });
}

describe('a schedule', () => {
  test('is found with its secret, its function and its role', () => {
    const { rotations, skipped } = find({ Resources: ALL });
    expect(skipped).toEqual([]);
    expect(rotations).toMatchObject([{
      constructPath: 'Shop/App',
      strategy: 'unknown',
      rotateImmediately: true,
      secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf',
      function: { runtime: 'nodejs24.x', timeoutSeconds: 45, memoryMb: 128, environment: { WHERE: 'us-east-1' }, roleArn: 'arn:aws:iam::111122223333:role/rotator' },
      role: { arn: 'arn:aws:iam::111122223333:role/rotator' },
    }]);
  });

  test('is found through an attachment of the secret', () => {
    const Attachment = { Type: 'AWS::SecretsManager::SecretTargetAttachment', Properties: { SecretId: { Ref: 'Secret' } } };
    const template = withProperties('Schedule', { SecretId: { Ref: 'Attachment' } });
    expect(find({ Resources: { ...template.Resources, Attachment } }).rotations).toHaveLength(1);
  });

  test('may name an alias of the function', () => {
    const Alias = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Rotate' }, Name: 'live' } };
    const template = withProperties('Schedule', { RotationLambdaARN: { Ref: 'Alias' } });
    const { rotations: [rotation] } = find({ Resources: { ...template.Resources, Alias } });
    expect(rotation?.functionArn).toBe(`${rotation?.function.arn}:live`);
  });

  test('that does not rotate at once says so', () => {
    expect(find(withProperties('Schedule', { RotateImmediatelyOnUpdate: false })).rotations[0]?.rotateImmediately).toBe(false);
  });

  test.each([
    ['single-user', {}],
    ['superuser', { superuserSecretArn: 'arn' }],
    ['alternating-users', { superuserSecretArn: 'arn', alternateUsername: 'app_clone' }],
  ])('of this library is known to be %s', (strategy, config) => {
    expect(find(withConfig(config)).rotations[0]?.strategy).toBe(strategy);
  });

  test('whose condition is false is none', () => {
    const Conditions = { Never: { 'Fn::Equals': [1, 2] } };
    expect(find({ Conditions, Resources: { ...ALL, Schedule: { ...SCHEDULE, Condition: 'Never' } } })).toEqual({ rotations: [], skipped: [] });
  });
});

describe('skips, with the reason,', () => {
  test.each<[string, Template, string]>([
    ['a hosted rotation', withProperties('Schedule', { HostedRotationLambda: { RotationType: 'PostgreSQLSingleUser' } }), 'a hosted rotation'],
    ['a managed external secret', withProperties('Schedule', { ExternalSecretRotationRoleArn: 'arn' }), 'a managed external secret'],
    ['a schedule without a function', withProperties('Schedule', { RotationLambdaARN: undefined }), 'names no function'],
    ['an imported function', withProperties('Schedule', { RotationLambdaARN: 'arn:aws:lambda:us-east-1:111122223333:function:elsewhere' }), 'function:elsewhere is imported'],
    ['an imported secret', withProperties('Schedule', { SecretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:elsewhere' }), 'secret:elsewhere is imported'],
    ['another runtime', withProperties('Rotate', { Runtime: 'python3.13' }), 'the runtime of its function Shop/Rotate is python3.13'],
    ['a container image', withProperties('Rotate', { Runtime: undefined, Code: { ImageUri: 'image' } }), 'a container image'],
    ['a function with layers', withProperties('Rotate', { Layers: ['arn'] }), 'uses layers'],
    ['code of elsewhere', withProperties('Rotate', { Code: { S3Bucket: 'bucket', S3Key: 'key.zip' } }), 'is not in the assembly'],
    ['an imported role', withProperties('Rotate', { Role: 'arn:aws:iam::111122223333:role/elsewhere' }), 'role/elsewhere of its function is imported'],
    ['an intrinsic function that is not known', withProperties('Rotate', { Environment: { Variables: { A: { 'Fn::Cidr': [] } } } }), 'does not know the intrinsic function Fn::Cidr'],
    ['a secret that cannot be made, with why', withProperties('Secret', { Name: { 'Fn::Cidr': [] } }), 'Shop/Secret: the rehearsal does not know the intrinsic function Fn::Cidr'],
  ])('%s', (_, template, reason) => {
    const { rotations, skipped } = find(template);
    expect(rotations).toEqual([]);
    expect(skipped).toEqual([{ constructPath: 'Shop/App', reason: expect.stringContaining(reason) }]);
  });

  test('a serverless application', () => {
    const Application = { Type: 'AWS::Serverless::Application' };
    const template = withProperties('Schedule', { RotationLambdaARN: { 'Fn::GetAtt': ['Application', 'Outputs.RotationLambdaARN'] } });
    expect(find({ Resources: { ...template.Resources, Application } }).skipped[0]?.reason).toContain('a serverless application of AWS\'s');
  });

  test('a schedule of which cannot be said whether it is created', () => {
    const Conditions = { Perhaps: { 'Fn::Contains': [] } };
    expect(find({ Conditions, Resources: { ...ALL, Schedule: { ...SCHEDULE, Condition: 'Perhaps' } } }).skipped).toEqual([{ constructPath: 'Shop/App', reason: 'its condition Perhaps cannot be decided' }]);
  });

  test('one rotation, and finds the other', () => {
    const { rotations, skipped } = find({ Resources: { ...ALL, Hosted: { ...SCHEDULE, Metadata: { 'aws:cdk:path': 'Shop/Hosted' }, Properties: { ...SCHEDULE.Properties, HostedRotationLambda: {} } } } });
    expect([rotations.length, skipped.map(({ constructPath }) => constructPath)]).toEqual([1, ['Shop/Hosted']]);
  });
});
