import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { entryFile } from '../support/constructs-custom-service';
import { CERTIFICATE, newStack } from '../support/constructs-fixtures';
import {
  AlternatingUsersRotation, AlternatingUsersRotationProps, Cutover, DatabaseUserSecret, DatabaseUserSecretProps, MultiCredentialRotation,
  MultiCredentialRotationProps, OnDrift, RotatingCredential, RotationRules, RotationTarget, SuperuserRotation, SuperuserRotationProps,
} from 'cdk-secret-rotation';

/** One change for each prop: a new prop does not compile until its change is here. */
type Changes<Props> = { readonly [Name in keyof Required<Props>]: Change<Props> };

type Change<Props> = (stack: Stack, vpc: () => Vpc) => Partial<Props>;

const SUPERUSER: Changes<SuperuserRotationProps> = {
  target: () => ({ target: RotationTarget.postgres({ host: 'other.example.com', port: 6432, databaseName: 'other' }) }),
  username: () => ({ username: 'other' }),
  secret: (stack) => ({ secret: new Secret(stack, 'Given') }),
  superuserSecret: (stack) => ({ superuserSecret: new Secret(stack, 'OtherSuperuser') }),
  secretName: () => ({ secretName: 'other' }),
  description: () => ({ description: 'other' }),
  encryptionKey: (stack) => ({ encryptionKey: new Key(stack, 'Key') }),
  removalPolicy: () => ({ removalPolicy: RemovalPolicy.RETAIN }),
  replicaRegions: () => ({ replicaRegions: [{ region: 'eu-west-1' }] }),
  rotationRules: () => ({ rotationRules: RotationRules.cron({ hour: '3' }) }),
  rotateImmediatelyOnUpdate: () => ({ rotateImmediatelyOnUpdate: true }),
  passwordPolicy: () => ({ passwordPolicy: { length: 64, excludeCharacters: 'x', excludePunctuation: true, requireEachIncludedType: false } }),
  vpc: (_, vpc) => ({ vpc: vpc() }),
  vpcSubnets: (_, vpc) => ({ vpc: vpc(), vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS, onePerAz: true } }),
  securityGroups: (stack, newVpc) => {
    const vpc = newVpc();
    return { vpc, securityGroups: [new SecurityGroup(stack, 'Group', { vpc })] };
  },
  endpoint: (stack, newVpc) => {
    const vpc = newVpc();
    return { vpc, endpoint: new InterfaceVpcEndpoint(stack, 'Endpoint', { vpc, service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER }) };
  },
  role: (stack) => ({ role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }) }),
  grantKeyAccess: (stack) => ({ grantKeyAccess: true, encryptionKey: new Key(stack, 'Key') }),
  memorySize: () => ({ memorySize: 512 }),
  timeout: () => ({ timeout: Duration.minutes(2) }),
  architecture: () => ({ architecture: Architecture.X86_64 }),
  runtime: () => ({ runtime: Runtime.NODEJS_22_X }),
  logGroup: (stack) => ({ logGroup: new LogGroup(stack, 'LogGroup') }),
  logRetention: () => ({ logRetention: RetentionDays.ONE_DAY }),
  tracing: () => ({ tracing: Tracing.ACTIVE }),
  reservedConcurrentExecutions: () => ({ reservedConcurrentExecutions: 1 }),
  memberOf: () => ({ memberOf: ['readers'] }),
  upgradeToScram: () => ({ upgradeToScram: true }),
  passwordValidFor: () => ({ passwordValidFor: Duration.days(90) }),
  certificateAuthority: () => ({ certificateAuthority: CERTIFICATE }),
  clientEndpoint: () => ({ clientEndpoint: new Endpoint('proxy.example.com', 5432) }),
  cutover: () => ({ cutover: Cutover.STEPWISE }),
};

const { cutover: _ofOneUser, ...SHARED } = SUPERUSER;

const {
  target: _where, username: _who, memberOf: _roles, upgradeToScram: _hash, passwordValidFor: _until, certificateAuthority: _authority,
  clientEndpoint: _proxy, cutover: _how, ...OF_ALL
} = SUPERUSER;

/** Of each family one: for a service that makes the credential up, and for one that is told it. */
const ISSUED: Changes<MultiCredentialRotationProps> = {
  ...OF_ALL,
  service: (stack) => ({ service: RotatingCredential.iamAccessKey(new User(stack, 'Other')) }),
  superuserSecret: (stack) => ({ service: RotatingCredential.custom({ entry: entryFile() }), superuserSecret: new Secret(stack, 'OtherSuperuser') }),
  passwordPolicy: () => ({ service: RotatingCredential.custom({ entry: entryFile() }), passwordPolicy: { length: 64 } }),
  grace: () => ({ grace: Duration.hours(1) }),
  maxWait: () => ({ maxWait: Duration.days(3) }),
  deactivateAfter: () => ({ deactivateAfter: Duration.days(3) }),
};

const { grace: _soon, maxWait: _late, deactivateAfter: _between, ...OF_CHOSEN } = ISSUED;

const CHOSEN: Omit<Changes<MultiCredentialRotationProps>, 'grace' | 'maxWait' | 'deactivateAfter'> = {
  ...OF_CHOSEN,
  service: () => ({ service: RotatingCredential.redisUser({ username: 'other', nodes: [{ host: 'other.example.com' }], aclRules: 'on +@all' }) }),
  superuserSecret: (stack) => ({ superuserSecret: new Secret(stack, 'OtherSuperuser') }),
  passwordPolicy: () => ({ passwordPolicy: { length: 64, excludeCharacters: 'x' } }),
};

const ALTERNATING: Changes<AlternatingUsersRotationProps> = {
  ...SHARED,
  alternateUsername: () => ({ alternateUsername: 'app_b' }),
  ownerRole: () => ({ ownerRole: 'app_owner' }),
  onDrift: () => ({ onDrift: OnDrift.WARN }),
  handOver: () => ({ handOver: true }),
  verifyEndpoints: () => ({ verifyEndpoints: [new Endpoint('reader.example.com', 5432)] }),
};

const USER_SECRET: Changes<DatabaseUserSecretProps> = {
  username: () => ({ username: 'other' }),
  secretName: () => ({ secretName: 'other' }),
  description: () => ({ description: 'other' }),
  encryptionKey: (stack) => ({ encryptionKey: new Key(stack, 'Key') }),
  removalPolicy: () => ({ removalPolicy: RemovalPolicy.RETAIN }),
  replicaRegions: () => ({ replicaRegions: [{ region: 'eu-west-1' }] }),
};

/** What a secret's value comes from, by logical id. */
type Generators = Record<string, unknown>;

/** Synthesizes a stack with one construct of ours beneath the id `Ours`. */
function generators<Props>(build: (stack: Stack, changed: Partial<Props>) => unknown, change?: Change<Props>): Generators {
  const stack = newStack();
  build(stack, change?.(stack, () => new Vpc(stack, 'Vpc', { maxAzs: 1 })) ?? {});
  const secrets = Template.fromStack(stack).findResources('AWS::SecretsManager::Secret');
  const ours = Object.entries(secrets).filter(([id]) => id.startsWith('Ours'));
  return Object.fromEntries(ours.map(([id, { Properties }]) => [id, Properties.GenerateSecretString ?? Properties.SecretString]));
}

const target = (stack: Stack) => RotationTarget.postgres({ host: 'db.example.com', secret: new Secret(stack, 'Superuser') });
const superuser = (stack: Stack, changed: Partial<SuperuserRotationProps>) =>
  new SuperuserRotation(stack, 'Ours', { target: target(stack), superuserSecret: new Secret(stack, 'Own'), username: 'app', ...changed });
const alternating = (stack: Stack, changed: Partial<AlternatingUsersRotationProps>) =>
  new AlternatingUsersRotation(stack, 'Ours', { target: target(stack), superuserSecret: new Secret(stack, 'Own'), username: 'app', ...changed });
const userSecret = (stack: Stack, changed: Partial<DatabaseUserSecretProps>) =>
  new DatabaseUserSecret(stack, 'Ours', { username: 'app', ...changed });
const issued = (stack: Stack, changed: Partial<MultiCredentialRotationProps>) =>
  new MultiCredentialRotation(stack, 'Ours', { service: RotatingCredential.iamAccessKey(new User(stack, 'User')), ...changed });
const chosen = (stack: Stack, changed: Partial<MultiCredentialRotationProps>) =>
  new MultiCredentialRotation(stack, 'Ours', { service: RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'a.example.com' }] }), ...changed });

/** CloudFormation generates a value anew when the generator of a resource changes. */
function expectNoNewValue(before: Generators, after: Generators): void {
  expect(Object.keys(before)).toHaveLength(1);
  for (const id of Object.keys(before).filter((known) => known in after)) {
    expect(JSON.stringify(after[id])).toBe(JSON.stringify(before[id]));
  }
}

describe('no update of a stack replaces a live password', () => {
  const before = {
    superuser: generators(superuser),
    alternating: generators(alternating),
    userSecret: generators(userSecret),
    issued: generators(issued),
    chosen: generators(chosen),
  };

  test.each(Object.entries(SUPERUSER))('when %s of a SuperuserRotation changes', (name, change) => {
    const after = generators(superuser, change);
    expectNoNewValue(before.superuser, after);
    if (!['username', 'secret'].includes(name)) expect(after).toEqual(before.superuser);
  });

  test.each(Object.entries(ALTERNATING))('when %s of an AlternatingUsersRotation changes', (name, change) => {
    const after = generators(alternating, change);
    expectNoNewValue(before.alternating, after);
    if (!['username', 'secret'].includes(name)) expect(after).toEqual(before.alternating);
  });

  test.each(Object.entries(USER_SECRET))('when %s of a DatabaseUserSecret changes', (name, change) => {
    const after = generators(userSecret, change);
    expectNoNewValue(before.userSecret, after);
    if (name !== 'username') expect(after).toEqual(before.userSecret);
  });

  test.each(Object.entries(ISSUED))('when %s of a MultiCredentialRotation changes, whose service makes the credential up', (name, change) => {
    const after = generators(issued, change);
    expectNoNewValue(before.issued, after);
    if (!['service', 'secret', 'superuserSecret', 'passwordPolicy'].includes(name)) expect(after).toEqual(before.issued);
  });

  test.each(Object.entries(CHOSEN))('when %s of a MultiCredentialRotation changes, which makes the credential up', (name, change) => {
    const after = generators(chosen, change);
    expectNoNewValue(before.chosen, after);
    if (!['service', 'secret'].includes(name)) expect(after).toEqual(before.chosen);
  });

  test.each<[string, RotatingCredential, RotatingCredential]>([
    ['nodes, rules and network of a Redis user', RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'a.example.com' }] }),
      RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'b.example.com', port: 1 }], aclRules: 'on +@all', certificateAuthority: CERTIFICATE })],
    ['file, variables and port of a service of one\'s own', RotatingCredential.custom({ entry: entryFile() }),
      RotatingCredential.custom({ entry: entryFile('exports.contractVersion = 1;'), environment: { HOST: 'b' }, port: 8443 })],
  ])('when %s change', (_, one, other) => {
    expect(generators(chosen, () => ({ service: other }))).toEqual(generators(chosen, () => ({ service: one })));
  });

  test('when the stack gets tags', () => {
    expect(generators((stack) => {
      userSecret(stack, {});
      Tags.of(stack).add('team', 'shop');
    })).toEqual(before.userSecret);
  });

  test('and a changed user is another secret', () => {
    expect(Object.keys(generators(superuser, SUPERUSER.username))).not.toEqual(Object.keys(before.superuser));
    expect(Object.keys(generators(userSecret, USER_SECRET.username))).not.toEqual(Object.keys(before.userSecret));
    expect(Object.keys(generators(issued, ISSUED.service))).not.toEqual(Object.keys(before.issued));
    expect(Object.keys(generators(chosen, CHOSEN.service))).not.toEqual(Object.keys(before.chosen));
  });
});
