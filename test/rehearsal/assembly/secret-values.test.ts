import { assemblyOf, stackOf } from './assembly-fixture';
import { findDatabases, masterPassword, masterUsername } from '../../../rehearsal/assembly/databases';
import { Resolver } from '../../../rehearsal/assembly/resolver';
import { parseObject, SecretValues } from '../../../rehearsal/assembly/secret-values';
import { findSecrets } from '../../../rehearsal/assembly/secrets';
import { Template } from '../../../rehearsal/assembly/template';

function valuesOf(Resources: Template['Resources']): SecretValues {
  const assembly = assemblyOf(stackOf({ Resources }));
  const { secrets } = findSecrets(new Resolver({ assembly }));
  const arns = new Map(secrets.map(({ key, name }) => [key, `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`]));
  return new SecretValues(assembly, arns, secrets);
}

function valueOf(values: SecretValues, name: string): Readonly<Record<string, unknown>> {
  const secret = values.definition(name);
  return parseObject(secret && values.valueOf(secret));
}

const MASTER = {
  Type: 'AWS::SecretsManager::Secret',
  Properties: { Name: 'master', GenerateSecretString: { SecretStringTemplate: '{"username":"postgres"}', GenerateStringKey: 'password' } },
};
const DATABASE = {
  Type: 'AWS::RDS::DBInstance',
  Properties: {
    Engine: 'postgres',
    DBInstanceIdentifier: 'orders',
    DBName: 'shop',
    Port: '5433',
    MasterUsername: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Master' }, ':SecretString:username::}}']] },
    MasterUserPassword: { 'Fn::Sub': '{{resolve:secretsmanager:${Master}:SecretString:password::}}' },
  },
};
const ATTACHMENT = {
  Type: 'AWS::SecretsManager::SecretTargetAttachment',
  Properties: { SecretId: { Ref: 'Master' }, TargetId: { Ref: 'Database' }, TargetType: 'AWS::RDS::DBInstance' },
};

test('a secret is made once, and a database takes its master user from it', () => {
  const values = valuesOf({ Master: MASTER, Database: DATABASE });
  const [database] = findDatabases(values.resolver);
  const { username, password } = valueOf(values, 'master');
  expect(database && [masterUsername(values.resolver, database), masterPassword(values.resolver, database)]).toEqual([username, password]);
  expect(username).toBe('postgres');
});

test('an attachment adds where the database is', () => {
  const values = valuesOf({ Master: MASTER, Database: DATABASE, Attachment: ATTACHMENT });
  expect(valueOf(values, 'master')).toEqual({
    username: 'postgres',
    password: expect.any(String),
    engine: 'postgres',
    port: 5433,
    dbname: 'shop',
    dbInstanceIdentifier: 'orders',
    host: expect.stringMatching(/^orders\.c\w+\.us-east-1\.rds\.amazonaws\.com$/),
  });
});

test('a cluster is attached under its own identifier, without a database that it does not name', () => {
  const Cluster = { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', DBClusterIdentifier: 'orders' } };
  const values = valuesOf({ Master: MASTER, Database: Cluster, Attachment: ATTACHMENT });
  expect(Object.keys(valueOf(values, 'master')).sort()).toEqual(['dbClusterIdentifier', 'engine', 'host', 'password', 'port', 'username']);
  expect(valueOf(values, 'master')).toMatchObject({ engine: 'postgres', dbClusterIdentifier: 'orders' });
});

test('the secret that RDS manages holds username and password alone', () => {
  const Database = { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres', MasterUsername: 'admin1', ManageMasterUserPassword: true } };
  const values = valuesOf({ Database });
  const arn = String(values.resolver.resolve({ 'Fn::GetAtt': ['Database', 'MasterUserSecret.SecretArn'] }, values.resolver.assembly.stacks[0] ?? stackOf({})));
  expect(arn).toMatch(/:secret:rds!db-[0-9a-f-]{36}-AbCdEf$/);
  expect(valueOf(values, arn)).toEqual({ username: 'admin1', password: expect.stringMatching(/^[^/@"'\\ ]{32}$/) });
});

test('a text is taken as it is, and a secret may have no value', () => {
  const values = valuesOf({
    Text: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'text', SecretString: '{"a":1}' } },
    Empty: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'empty' } },
  });
  const empty = values.definition('empty');
  expect([valueOf(values, 'text'), empty && values.valueOf(empty)]).toEqual([{ a: 1 }, undefined]);
});

test('a secret is found by ARN, partial ARN, wildcard and name', () => {
  const values = valuesOf({ Master: MASTER });
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:master';
  expect([`${arn}-AbCdEf`, arn, `${arn}-??????`, 'master', 'other'].map(id => values.definition(id)?.name)).toEqual(['master', 'master', 'master', 'master', undefined]);
});

test('the key that AWS manages is no key of the app\'s', () => {
  const values = valuesOf({ Master: { ...MASTER, Properties: { ...MASTER.Properties, KmsKeyId: 'alias/aws/secretsmanager' } } });
  expect(values.definition('master')?.kmsKeyId).toBeUndefined();
});

describe('fails', () => {
  test('for secrets that are made of each other', () => {
    const secret = (Name: string, other: string) => ({ Type: 'AWS::SecretsManager::Secret', Properties: { Name, SecretString: `{{resolve:secretsmanager:${other}:SecretString:a}}` } });
    expect(() => valueOf(valuesOf({ One: secret('one', 'two'), Two: secret('two', 'one') }), 'one'))
      .toThrow('a cyclic reference: value of Shop/One -> value of Shop/Two -> value of Shop/One');
  });

  test('for a dynamic reference to a secret of elsewhere', () => {
    const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'one', SecretString: '{{resolve:secretsmanager:elsewhere:SecretString:a}}' } };
    expect(() => valueOf(valuesOf({ Secret }), 'one')).toThrow('the secret elsewhere of a dynamic reference is not in the assembly');
  });

  test('for a dynamic reference to a version', () => {
    const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'one', SecretString: '{{resolve:secretsmanager:one:SecretString:a:AWSPREVIOUS}}' } };
    expect(() => valueOf(valuesOf({ Secret }), 'one')).toThrow('names a version');
  });

  test('for a secret attached to something that is no database of the assembly', () => {
    expect(() => valueOf(valuesOf({ Master: MASTER, Attachment: { ...ATTACHMENT, Properties: { ...ATTACHMENT.Properties, TargetId: 'elsewhere' } } }), 'master'))
      .toThrow('is no database of the assembly');
  });

  test('for a secret of which it cannot be said whether it is attached', () => {
    const values = valuesOf({ Master: MASTER, Database: DATABASE, Attachment: { ...ATTACHMENT, Condition: 'Nowhere' } });
    expect(() => valueOf(values, 'master')).toThrow('Shop/Attachment may attach the secret to a database: its condition Nowhere cannot be decided');
  });

  test('for a secret whose name cannot be worked out, by its reason', () => {
    const { secrets, unresolvable } = findSecrets(new Resolver({ assembly: assemblyOf(stackOf({ Resources: { Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: { 'Fn::Cidr': [] } } } } })) }));
    expect([secrets, [...unresolvable.values()]]).toEqual([[], ['Shop/Secret: the rehearsal does not know the intrinsic function Fn::Cidr (stack Shop)']]);
  });
});
