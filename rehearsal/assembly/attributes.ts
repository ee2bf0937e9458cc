import { arn, globalArn } from './aws-environment';
import { cacheHost, cachePort } from './cache-names';
import { clusterEndpoint, clusterReaderEndpoint, databaseIdentifier, databasePort, instanceEndpoint, managedSecretKey } from './database-names';
import { uuid } from './parameters';
import { madeUp, physicalName } from './physical-names';
import type { Resolver } from './resolver';
import { asList, Resource, resourceKey } from './template';
import { Unresolvable } from './unresolvable';
import { userArn, userName } from './user-names';

type Made = (resolver: Resolver, resource: Resource) => unknown;

/** What `Ref` and `Fn::GetAtt` give, by resource type; the empty name is `Ref`. Made up where CloudFormation would make up. */
const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Made>>>> = {
  'AWS::EC2::SecurityGroup': { '': identifier('sg'), 'GroupId': identifier('sg') },
  'AWS::EC2::Subnet': { '': identifier('subnet'), 'SubnetId': identifier('subnet') },
  'AWS::EC2::VPC': { '': identifier('vpc'), 'VpcId': identifier('vpc') },
  'AWS::EC2::VPCEndpoint': { '': identifier('vpce') },
  'AWS::ElastiCache::ReplicationGroup': {
    'PrimaryEndPoint.Address': cacheHost('master'),
    'PrimaryEndPoint.Port': cachePort,
    'ConfigurationEndPoint.Address': cacheHost('clustercfg'),
    'ConfigurationEndPoint.Port': cachePort,
  },
  'AWS::ElastiCache::ServerlessCache': { 'Endpoint.Address': cacheHost('serverless'), 'Endpoint.Port': cachePort },
  'AWS::ElastiCache::User': {
    '': named('UserId'),
    'Arn': (resolver, resource) => arn(resource.stack, 'elasticache', `user:${physicalName(resolver, resource, 'UserId')}`),
  },
  'AWS::Events::Rule': { '': named('Name'), 'Arn': (resolver, resource) => arn(resource.stack, 'events', `rule/${named('Name')(resolver, resource)}`) },
  'AWS::IAM::Group': { '': named('GroupName') },
  'AWS::IAM::ManagedPolicy': { '': managedPolicyArn, 'PolicyArn': managedPolicyArn },
  'AWS::IAM::Role': { '': named('RoleName'), 'Arn': roleArn, 'RoleId': (_, resource) => `AROA${madeUp(resource).slice(0, 17).toUpperCase()}` },
  'AWS::IAM::User': { '': userName, 'Arn': userArn },
  'AWS::KMS::Alias': { '': (resolver, resource) => resolver.optionalString(resource, 'AliasName') },
  'AWS::KMS::Key': { '': keyId, 'KeyId': keyId, 'Arn': (_, resource) => arn(resource.stack, 'kms', `key/${keyId(_, resource)}`) },
  'AWS::Lambda::Alias': { '': aliasArn, 'AliasArn': aliasArn },
  'AWS::Lambda::Function': { '': named('FunctionName'), 'Arn': functionArn },
  'AWS::Lambda::Version': { '': versionArn, 'FunctionArn': versionArn, 'Version': () => '1' },
  'AWS::Logs::LogGroup': { '': named('LogGroupName'), 'Arn': (resolver, resource) => `${arn(resource.stack, 'logs', `log-group:${named('LogGroupName')(resolver, resource)}`)}:*` },
  'AWS::MemoryDB::Cluster': { 'ClusterEndpoint.Address': cacheHost('clustercfg'), 'ClusterEndpoint.Port': cachePort },
  'AWS::MemoryDB::User': {
    '': named('UserName'),
    'Arn': (resolver, resource) => arn(resource.stack, 'memorydb', `user/${physicalName(resolver, resource, 'UserName')}`),
  },
  'AWS::RDS::DBCluster': {
    '': databaseIdentifier,
    'DBClusterArn': (resolver, resource) => arn(resource.stack, 'rds', `cluster:${databaseIdentifier(resolver, resource)}`),
    'DBClusterResourceId': (_, resource) => `cluster-${madeUp(resource).slice(0, 26).toUpperCase()}`,
    'Endpoint.Address': clusterEndpoint,
    'Endpoint.Port': databasePort,
    'ReadEndpoint.Address': clusterReaderEndpoint,
    'MasterUserSecret.SecretArn': managedSecretArn,
  },
  'AWS::RDS::DBInstance': {
    '': databaseIdentifier,
    'DBInstanceArn': (resolver, resource) => arn(resource.stack, 'rds', `db:${databaseIdentifier(resolver, resource)}`),
    'DbiResourceId': (_, resource) => `db-${madeUp(resource).slice(0, 26).toUpperCase()}`,
    'Endpoint.Address': instanceEndpoint,
    'Endpoint.Port': databasePort,
    'MasterUserSecret.SecretArn': managedSecretArn,
  },
  'AWS::SecretsManager::RotationSchedule': { '': secretOf },
  'AWS::SecretsManager::Secret': { '': secretArn, 'Id': secretArn },
  'AWS::SecretsManager::SecretTargetAttachment': { '': secretOf },
  'AWS::SNS::Topic': { '': (resolver, resource) => arn(resource.stack, 'sns', String(named('TopicName')(resolver, resource))) },
};

export function referenceTo(resolver: Resolver, resource: Resource): unknown {
  return made(resolver, resource, '');
}

export function attributeOf(resolver: Resolver, resource: Resource, attribute: string): unknown {
  const output = /^Outputs\.(.+)$/.exec(attribute)?.[1];
  if (resource.type === 'AWS::CloudFormation::Stack' && output !== undefined) return nestedOutput(resolver, resource, output);
  return made(resolver, resource, attribute);
}

/** Of a function, role or key. */
export function arnOf(resolver: Resolver, resource: Resource): unknown {
  return made(resolver, resource, 'Arn');
}

function made(resolver: Resolver, resource: Resource, attribute: string): unknown {
  const make = ATTRIBUTES[resource.type]?.[attribute];
  if (make === undefined) {
    const what = attribute === '' ? 'Ref' : `the attribute ${attribute}`;
    throw new Unresolvable(`the rehearsal does not know ${what} of ${resource.type} (${resource.logicalId} of stack ${resource.stack.name})`);
  }
  return resolver.guarded([resource.stack.name, '/', resource.logicalId, attribute && `.${attribute}`].join(''), () => make(resolver, resource));
}

function nestedOutput(resolver: Resolver, { stack, logicalId }: Resource, name: string): unknown {
  const nested = resolver.assembly.stacks.find(({ parent }) => parent?.stack === stack && parent.logicalId === logicalId);
  const output = nested?.template.Outputs?.[name];
  if (nested === undefined || output === undefined) throw new Unresolvable(`nested stack ${logicalId} of stack ${stack.name} has no output ${name}`);
  return resolver.guarded(`${nested.name}/${name}`, () => resolver.resolve(output.Value, nested));
}

function identifier(prefix: string): Made {
  return (_, resource) => `${prefix}-0${madeUp(resource).slice(0, 16)}`;
}

function named(property: string): Made {
  return (resolver, resource) => physicalName(resolver, resource, property);
}

function pathOf(resolver: Resolver, resource: Resource): string {
  return resolver.optionalString(resource, 'Path') ?? '/';
}

function managedPolicyArn(resolver: Resolver, resource: Resource): string {
  return globalArn(resource.stack, 'iam', `policy${pathOf(resolver, resource)}${physicalName(resolver, resource, 'ManagedPolicyName')}`);
}

function roleArn(resolver: Resolver, resource: Resource): string {
  return globalArn(resource.stack, 'iam', `role${pathOf(resolver, resource)}${physicalName(resolver, resource, 'RoleName')}`);
}

function keyId(_: Resolver, resource: Resource): string {
  return uuid(madeUp(resource));
}

function functionArn(resolver: Resolver, resource: Resource): string {
  return arn(resource.stack, 'lambda', `function:${physicalName(resolver, resource, 'FunctionName')}`);
}

/** A version or an alias names its function by name or by ARN. */
function unqualifiedArn(resolver: Resolver, resource: Resource): string {
  const name = resolver.string(resource.properties.FunctionName, resource.stack);
  return name.startsWith('arn:') ? name : arn(resource.stack, 'lambda', `function:${name}`);
}

function versionArn(resolver: Resolver, resource: Resource): string {
  return `${unqualifiedArn(resolver, resource)}:1`;
}

function aliasArn(resolver: Resolver, resource: Resource): string {
  return `${unqualifiedArn(resolver, resource)}:${resolver.optionalString(resource, 'Name')}`;
}

function secretArn(resolver: Resolver, { stack, logicalId }: Resource): string {
  return knownSecret(resolver, resourceKey(stack, logicalId), `secret ${logicalId} of stack ${stack.name}`);
}

function managedSecretArn(resolver: Resolver, resource: Resource): string {
  if (resolver.property(resource, 'ManageMasterUserPassword') !== true) {
    throw new Unresolvable(`${resource.logicalId} of stack ${resource.stack.name} has no secret managed by RDS`);
  }
  return knownSecret(resolver, managedSecretKey(resource), `the secret that RDS manages for ${resource.logicalId} of stack ${resource.stack.name}`);
}

function knownSecret(resolver: Resolver, key: string, what: string): string {
  const found = resolver.secretArns.get(key);
  if (found === undefined) throw new Unresolvable(`the ARN of ${what} is not known`);
  return found;
}

function secretOf(resolver: Resolver, resource: Resource): string {
  return asList(resolver.property(resource, 'SecretId')).map(String).join();
}
