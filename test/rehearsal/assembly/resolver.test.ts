import { assemblyOf, stackOf } from './assembly-fixture';
import { Resolver } from '../../../rehearsal/assembly/resolver';
import { resourceKey, Stack, Template } from '../../../rehearsal/assembly/template';

function resolve(value: unknown, template: Template = {}, overrides: Partial<Stack> = {}): unknown {
  const stack = stackOf(template, overrides);
  return new Resolver({ assembly: assemblyOf(stack) }).resolve(value, stack);
}

const DATABASE = { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceIdentifier: 'Orders', Port: '5433' } };
const CLUSTER = { Type: 'AWS::RDS::DBCluster', Properties: { DBClusterIdentifier: 'orders' } };

describe('values without intrinsic functions', () => {
  test('stay as they are', () => {
    expect(resolve({ a: [1, 'two', true], b: null })).toEqual({ a: [1, 'two', true], b: null });
  });

  test('a policy may have a member named Condition', () => {
    expect(resolve({ Condition: { StringEquals: { a: 'b' } } })).toEqual({ Condition: { StringEquals: { a: 'b' } } });
  });
});

describe('Ref', () => {
  test.each([
    ['AWS::AccountId', '111122223333'], ['AWS::Region', 'us-east-1'], ['AWS::Partition', 'aws'], ['AWS::URLSuffix', 'amazonaws.com'], ['AWS::StackName', 'Shop'],
  ])('knows the pseudo parameter %s', (name, value) => {
    expect(resolve({ Ref: name })).toBe(value);
  });

  test('knows partition and suffix of China', () => {
    expect(resolve([{ Ref: 'AWS::Partition' }, { Ref: 'AWS::URLSuffix' }], {}, { region: 'cn-north-1' })).toEqual(['aws-cn', 'amazonaws.com.cn']);
  });

  test('takes the default of a parameter, as a list where it is one', () => {
    const Parameters = { Size: { Type: 'Number', Default: 3 }, Zones: { Type: 'CommaDelimitedList', Default: 'a, b' } };
    expect(resolve([{ Ref: 'Size' }, { Ref: 'Zones' }], { Parameters })).toEqual([3, ['a', 'b']]);
  });

  test('fails for a parameter without a default', () => {
    expect(() => resolve({ Ref: 'Size' }, { Parameters: { Size: { Type: 'Number' } } })).toThrow('parameter Size of stack Shop has no default');
  });

  test('fails for a parameter that is read from SSM', () => {
    const Parameters = { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' } };
    expect(() => resolve({ Ref: 'Image' }, { Parameters })).toThrow('read from SSM');
  });

  test('fails for what the stack does not have', () => {
    expect(() => resolve({ Ref: 'Nothing' })).toThrow('stack Shop has no resource, parameter or pseudo parameter Nothing');
  });

  test('fails for a type that it does not know, by name', () => {
    expect(() => resolve({ Ref: 'Queue' }, { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } })).toThrow('does not know Ref of AWS::SQS::Queue (Queue of stack Shop)');
  });

  test('gives the ARN that Secrets Manager gave to a secret, also through its attachment', () => {
    const stack = stackOf({
      Resources: {
        Secret: { Type: 'AWS::SecretsManager::Secret' },
        Attachment: { Type: 'AWS::SecretsManager::SecretTargetAttachment', Properties: { SecretId: { Ref: 'Secret' } } },
      },
    });
    const resolver = new Resolver({ assembly: assemblyOf(stack), secretArns: new Map([[resourceKey(stack, 'Secret'), 'arn:of:secret']]) });
    expect(resolver.resolve([{ Ref: 'Secret' }, { Ref: 'Attachment' }], stack)).toEqual(['arn:of:secret', 'arn:of:secret']);
  });

  test('makes up the same name each time, and another for another resource', () => {
    const Resources = { A: { Type: 'AWS::IAM::Role' }, B: { Type: 'AWS::IAM::Role' } };
    const [one, again, other] = [resolve({ Ref: 'A' }, { Resources }), resolve({ Ref: 'A' }, { Resources }), resolve({ Ref: 'B' }, { Resources })];
    expect(one).toMatch(/^Shop-A-[0-9A-Z]{12}$/);
    expect([one === again, one === other]).toEqual([true, false]);
  });
});

describe('Fn::GetAtt', () => {
  test('puts a made-up name of a database under the real suffix', () => {
    expect(resolve({ 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, { Resources: { Db: DATABASE } })).toMatch(/^orders\.c[0-9a-z]{11}\.us-east-1\.rds\.amazonaws\.com$/);
  });

  test('follows the other order of labels in China', () => {
    expect(resolve({ 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, { Resources: { Db: DATABASE } }, { region: 'cn-north-1' })).toMatch(/\.rds\.cn-north-1\.amazonaws\.com\.cn$/);
  });

  test('gives writer and reader endpoints of a cluster, and PostgreSQL\'s port where none is named', () => {
    const endpoints = ['Endpoint.Address', 'ReadEndpoint.Address', 'Endpoint.Port'].map(name => ({ 'Fn::GetAtt': `Db.${name}` }));
    expect(resolve(endpoints, { Resources: { Db: CLUSTER } })).toEqual([expect.stringMatching(/^orders\.cluster-c/), expect.stringMatching(/^orders\.cluster-ro-c/), '5432']);
  });

  test('gives the port that is named', () => {
    expect(resolve({ 'Fn::GetAtt': ['Db', 'Endpoint.Port'] }, { Resources: { Db: DATABASE } })).toBe('5433');
  });

  test('builds ARNs of functions, roles and keys', () => {
    const Resources = {
      Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'rotate' } },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'rotator', Path: '/app/' } },
      Key: { Type: 'AWS::KMS::Key' },
    };
    expect(resolve(['Fn', 'Role', 'Key'].map(id => ({ 'Fn::GetAtt': [id, 'Arn'] })), { Resources })).toEqual([
      'arn:aws:lambda:us-east-1:111122223333:function:rotate', 'arn:aws:iam::111122223333:role/app/rotator', expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\/[0-9a-f-]{36}$/),
    ]);
  });

  test('fails for an attribute that it does not know', () => {
    expect(() => resolve({ 'Fn::GetAtt': ['Db', 'Endpoint.Zone'] }, { Resources: { Db: DATABASE } })).toThrow('does not know the attribute Endpoint.Zone of AWS::RDS::DBInstance');
  });

  test('fails for the managed secret of a database that has none', () => {
    expect(() => resolve({ 'Fn::GetAtt': ['Db', 'MasterUserSecret.SecretArn'] }, { Resources: { Db: DATABASE } })).toThrow('no secret managed by RDS');
  });
});

describe('cyclic references', () => {
  test('fails for names that are made of each other', () => {
    const Resources = {
      A: { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::Sub': 'a-${B}' } } },
      B: { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::GetAtt': ['A', 'Arn'] } } },
    };
    expect(() => resolve({ Ref: 'A' }, { Resources })).toThrow('a cyclic reference: Shop/A -> Shop/B -> Shop/A.Arn -> Shop/B');
  });
});

describe('texts', () => {
  test('Fn::Join joins what it resolves', () => {
    expect(resolve({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, { Ref: 'AWS::NoValue' }]] })).toBe('a-us-east-1');
  });

  test('Fn::Sub replaces references, attributes and its own variables, and keeps literals', () => {
    const text = '${AWS::Region} ${Db.Endpoint.Port} ${Own} ${!Literal}';
    expect(resolve({ 'Fn::Sub': [text, { Own: { Ref: 'AWS::AccountId' } }] }, { Resources: { Db: DATABASE } })).toBe('us-east-1 5433 111122223333 ${Literal}');
  });

  test('Fn::Select and Fn::Split take texts apart', () => {
    expect(resolve({ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] })).toBe('b');
  });

  test('Fn::Select fails beyond the end', () => {
    expect(() => resolve({ 'Fn::Select': [2, ['a']] })).toThrow('Fn::Select finds no item 2');
  });

  test('Fn::Base64 encodes', () => {
    expect(resolve({ 'Fn::Base64': 'text' })).toBe('dGV4dA==');
  });

  test('Fn::GetAZs gives zones of the region', () => {
    expect(resolve({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] })).toBe('us-east-1a');
  });
});

describe('choices', () => {
  const Mappings = { Sizes: { small: { memory: 128 } } };
  const Conditions = {
    IsUs: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsUs' }] },
    Both: { 'Fn::And': [{ Condition: 'IsUs' }, { Condition: 'IsNot' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsUs' }, { Condition: 'IsNot' }] },
    Round: { 'Fn::Not': [{ Condition: 'Round' }] },
    Odd: { 'Fn::Contains': [['a'], 'a'] },
  };

  test.each([['IsUs', 'yes'], ['IsNot', 'no'], ['Both', 'no'], ['Either', 'yes']])('Fn::If decides by condition %s', (condition, chosen) => {
    expect(resolve({ 'Fn::If': [condition, 'yes', 'no'] }, { Conditions })).toBe(chosen);
  });

  test('a member that is AWS::NoValue is left out', () => {
    expect(resolve({ a: { 'Fn::If': ['IsNot', 'x', { Ref: 'AWS::NoValue' }] }, b: 1 }, { Conditions })).toEqual({ b: 1 });
  });

  test('Fn::FindInMap looks up', () => {
    expect(resolve({ 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, { Mappings })).toBe(128);
  });

  test('Fn::FindInMap fails where nothing is', () => {
    expect(() => resolve({ 'Fn::FindInMap': ['Sizes', 'large', 'memory'] }, { Mappings })).toThrow('finds nothing at Sizes.large.memory');
  });

  test('fails for a condition that refers to itself', () => {
    expect(() => resolve({ 'Fn::If': ['Round', 1, 2] }, { Conditions })).toThrow('a cyclic reference: condition Shop/Round -> condition Shop/Round');
  });

  test('fails for a condition function that it does not know', () => {
    expect(() => resolve({ 'Fn::If': ['Odd', 1, 2] }, { Conditions })).toThrow('does not know the condition {"Fn::Contains"');
  });

  test('fails for a reference to a resource that is not created', () => {
    const Resources = { Role: { Type: 'AWS::IAM::Role', Condition: 'IsNot' } };
    expect(() => resolve({ Ref: 'Role' }, { Conditions, Resources })).toThrow('Role of stack Shop is not created: its condition IsNot is false');
  });

  test('a resource of which cannot be said whether it is created is named, not guessed', () => {
    const resolver = new Resolver({ assembly: assemblyOf(stackOf({ Conditions, Resources: { Role: { Type: 'AWS::IAM::Role', Condition: 'Odd' } } })) });
    expect(resolver.resourcesOf('AWS::IAM::Role')).toEqual([]);
    expect(resolver.undecided('AWS::IAM::Role')).toMatchObject([{ resource: { logicalId: 'Role' }, reason: 'its condition Odd cannot be decided' }]);
  });
});

describe('several stacks', () => {
  const exporting = stackOf({ Outputs: { Out: { Value: { Ref: 'AWS::StackName' }, Export: { Name: { 'Fn::Sub': 'of-${AWS::StackName}' } } } } }, { name: 'Data' });

  test('Fn::ImportValue finds what another stack exports', () => {
    const importing = stackOf({});
    expect(new Resolver({ assembly: assemblyOf(exporting, importing) }).resolve({ 'Fn::ImportValue': 'of-Data' }, importing)).toBe('Data');
  });

  test('Fn::ImportValue fails for an export of another region', () => {
    const importing = stackOf({}, { region: 'eu-west-1' });
    expect(() => new Resolver({ assembly: assemblyOf(exporting, importing) }).resolve({ 'Fn::ImportValue': 'of-Data' }, importing)).toThrow('no stack of the assembly exports of-Data');
  });

  test('fails for exports that import each other', () => {
    const one = stackOf({ Outputs: { O: { Value: { 'Fn::ImportValue': 'two' }, Export: { Name: 'one' } } } }, { name: 'One' });
    const two = stackOf({ Outputs: { O: { Value: { 'Fn::ImportValue': 'one' }, Export: { Name: 'two' } } } }, { name: 'Two' });
    expect(() => new Resolver({ assembly: assemblyOf(one, two) }).resolve({ 'Fn::ImportValue': 'one' }, one)).toThrow('a cyclic reference: export one -> export two -> export one');
  });

  test('a nested stack takes parameters from its parent and gives outputs to it', () => {
    const parent = stackOf({ Resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Name: { Ref: 'AWS::StackName' } } } } } });
    const nested = stackOf({ Parameters: { Name: { Type: 'String' } }, Outputs: { Out: { Value: { 'Fn::Sub': '${Name}!' } } } }, { name: 'Shop-Nested', parent: { stack: parent, logicalId: 'Nested' } });
    expect(new Resolver({ assembly: assemblyOf(parent, nested) }).resolve({ 'Fn::GetAtt': ['Nested', 'Outputs.Out'] }, parent)).toBe('Shop!');
  });
});

describe('what is not known', () => {
  test.each(['Fn::Cidr', 'Fn::Transform', 'Fn::ToJsonString'])('fails for %s by name', (name) => {
    expect(() => resolve({ a: [{ [name]: [] }] })).toThrow(`does not know the intrinsic function ${name} (stack Shop)`);
  });

  test.each(['{{resolve:ssm:/name}}', '{{resolve:ssm-secure:/name:1}}'])('fails for the dynamic reference %s', (reference) => {
    expect(() => resolve(reference)).toThrow('is read at deployment');
  });
});

describe('an IAM user', () => {
  const user = (logicalId: string): unknown => resolve([{ Ref: logicalId }, { 'Fn::GetAtt': [logicalId, 'Arn'] }], { Resources: { [logicalId]: { Type: 'AWS::IAM::User', Properties: { Path: '/partners/' } } } });

  test('has a made-up name, and an ARN with its path', () => {
    expect(user('Partner')).toEqual([expect.stringMatching(/^Shop-Partner-[A-Z0-9]{12}$/), expect.stringMatching(/^arn:aws:iam::111122223333:user\/partners\/Shop-Partner-/)]);
  });

  test('has a name of at most 64 characters, however long its logical id is', () => {
    const [name, arn] = user('Partner'.repeat(20)) as [string, string];
    expect(name).toHaveLength(64);
    expect(arn.endsWith(`/${name}`)).toBe(true);
  });
});
