import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aspects, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { newCluster, newDatabase, newStack, publicTarget, superuserSecret, typesOf } from '../support/constructs-fixtures';
import { AlternatingUsersRotation, RotationProps, RotationTarget, SingleUserRotation, SuperuserRotation } from 'cdk-secret-rotation';

const FUNCTION = 'AWS::Lambda::Function';
const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';

function synthesized(props: RotationProps = {}): Template {
  const stack = newStack();
  new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', ...props });
  return Template.fromStack(stack);
}

describe('the resources of a rotation', () => {
  test('are seven outside a VPC', () => {
    expect(typesOf(synthesized(), 'Rotation')).toEqual([
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::RotationSchedule',
      'AWS::SecretsManager::Secret',
    ]);
  });

  test('are nine in a VPC', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources).length;
    const other = newStack();
    new AlternatingUsersRotation(other, 'Rotation', { target: RotationTarget.fromDatabaseInstance(newDatabase(other)), username: 'app' });
    const template = Template.fromStack(other);
    expect(database.node.id).toBe('Database');
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(before + 9);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('have logical ids that never change', () => {
    const stack = newStack();
    const target = RotationTarget.fromDatabaseInstance(newDatabase(stack));
    new SingleUserRotation(stack, 'Single', { target, username: 'postgres' });
    new SuperuserRotation(stack, 'Superuser', { target, username: 'reports' });
    new AlternatingUsersRotation(stack, 'Alternating', { target, username: 'app' });
    const resources = Object.keys(Template.fromStack(stack).toJSON().Resources);
    expect(resources.filter((id) => /^(Single|Superuser|Alternating)|SecurityGroupfrom/.test(id)).sort()).toEqual(LOGICAL_IDS);
  });

  test('are plain ones that aspects, tags and permissions boundaries reach', () => {
    const stack = newStack();
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    Tags.of(stack).add('team', 'shop');
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'));
    const seen: string[] = [];
    Aspects.of(stack).add({ visit: ({ node }) => void seen.push(node.path) });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue(), Tags: [{ Key: 'team', Value: 'shop' }] });
    for (const type of [FUNCTION, 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']) {
      template.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'team', Value: 'shop' }]) });
    }
    expect(seen).toContain('Stack/Rotation/Resource');
  });

  test('use no transform, nested stack, custom resource or managed policy', () => {
    const template = synthesized();
    expect(template.toJSON().Transform).toBeUndefined();
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
    expect(typesOf(template, 'Rotation').filter((type) => /Custom|CloudFormation|Serverless/.test(type))).toEqual([]);
  });
});

describe('the rotation function', () => {
  test('has small defaults', () => {
    synthesized().hasResource(FUNCTION, {
      Properties: {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: 256,
        Timeout: 60,
        TracingConfig: Match.absent(),
        ReservedConcurrentExecutions: Match.absent(),
        VpcConfig: Match.absent(),
        Environment: { Variables: { ROTATION_CONFIG: Match.anyValue() } },
      },
    });
  });

  test('takes what is given', () => {
    synthesized({
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.X86_64,
      memorySize: 512,
      timeout: Duration.minutes(5),
      tracing: Tracing.ACTIVE,
      reservedConcurrentExecutions: 2,
    }).hasResourceProperties(FUNCTION, {
      Runtime: 'nodejs22.x',
      Architectures: ['x86_64'],
      MemorySize: 512,
      Timeout: 300,
      TracingConfig: { Mode: 'Active' },
      ReservedConcurrentExecutions: 2,
    });
  });

  test.each([
    ['single-user', SingleUserRotation],
    ['superuser', SuperuserRotation],
    ['alternating-users', AlternatingUsersRotation],
  ])('runs the bundle of %s', (strategy, Rotation) => {
    const app = new App();
    const stack = newStack(undefined, app);
    new Rotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    const bundled = readdirSync(join(__dirname, '..', '..', 'assets', 'lambda', `${strategy}-postgres`));
    const assembly = app.synth();
    const [asset] = readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'));
    expect(readdirSync(join(assembly.directory, asset ?? ''))).toEqual(bundled);
  });

  test('is created after the permissions that Lambda checks', () => {
    synthesized().hasResource(FUNCTION, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^RotationPolicy')]) });
  });

  test.each<[string, RotationProps, string]>([
    ['a timeout under 10 seconds', { timeout: Duration.seconds(9) }, 'timeout must be 10 seconds to 15 minutes, got 9 seconds'],
    ['a timeout over 15 minutes', { timeout: Duration.minutes(16) }, 'timeout must be 10 seconds to 15 minutes, got 16 minutes'],
    ['too little memory', { memorySize: 64 }, 'memorySize must be 128 to 10240 MiB, got 64'],
    ['a runtime of another language', { runtime: Runtime.PYTHON_3_13 }, 'runtime must be a Node.js runtime, got python3.13'],
    ['no concurrency', { reservedConcurrentExecutions: 0 }, 'reservedConcurrentExecutions is 0'],
  ])('refuses %s', (_, props, message) => {
    expect(() => synthesized(props)).toThrow(`Stack/Rotation: ${message}`);
  });
});

describe('the log group', () => {
  test('is the rotation\'s own, with a retention, and goes with it', () => {
    synthesized().hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Delete' });
  });

  test('takes another retention', () => {
    synthesized({ logRetention: RetentionDays.ONE_YEAR }).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  test('may be the user\'s', () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Own');
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', logGroup });
    expect(rotation.logGroup).toBe(logGroup);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
  });

  test('refuses a retention for a given group', () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Own');
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', logGroup, logRetention: RetentionDays.ONE_DAY }))
      .toThrow('logGroup and logRetention are both given');
  });
});

describe('the schedule', () => {
  test('is the default child', () => {
    const stack = newStack();
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    expect(rotation.node.defaultChild).toBe(rotation.schedule);
  });

  test('waits for everything that the first rotation needs', () => {
    const stack = newStack();
    const cluster = newCluster(stack);
    new AlternatingUsersRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseCluster(cluster), username: 'app' });
    const template = Template.fromStack(stack);
    const waitsFor = Object.values(template.findResources(SCHEDULE))[0]?.DependsOn as string[];
    const types = waitsFor.map((id) => (template.toJSON().Resources as Record<string, { Type: string }>)[id]?.Type);
    expect(new Set(types)).toEqual(new Set([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::RDS::DBCluster',
      'AWS::RDS::DBInstance',
      'AWS::RDS::DBSubnetGroup',
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::SecretTargetAttachment',
    ]));
  });

  test('waits for the attachment of a given secret', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.postgres({ host: 'db.example.com' }), username: 'postgres', secret: database.secret });
    Template.fromStack(stack).hasResource(SCHEDULE, { DependsOn: Match.arrayWith(['DatabaseSecretAttachmentE5D1B020']) });
  });
});

describe('the invoke permission', () => {
  test('names account and secret', () => {
    synthesized().hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { Ref: Match.stringLikeRegexp('^RotationSecret') },
    });
  });

  test('names a secret that is known by name with an open end', () => {
    const stack = newStack({ env: { account: '111111111111', region: 'eu-west-1' } });
    const secret = Secret.fromSecretNameV2(stack, 'Named', 'shop/app');
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      SourceAccount: '111111111111',
      SourceArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-west-1:111111111111:secret:shop/app-??????']] },
    });
  });
});

describe('the role', () => {
  test('may be the user\'s, and gets the permissions from the rotation\'s own scope', () => {
    const app = new App();
    const roles = new Stack(app, 'Roles');
    const role = new Role(roles, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const stack = newStack(undefined, app);
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', role });
    expect(rotation.grantPrincipal).toBe(role);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
    Template.fromStack(roles).resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('is who gets what is granted to the rotation', () => {
    const stack = newStack();
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    superuserSecret(stack, 'Another').grantRead(rotation);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 2);
  });
});

/** A changed id replaces the resource in every account that has it. */
const LOGICAL_IDS = [
  'Alternating6360F480',
  'AlternatingFunctionD3D2F4DD',
  'AlternatingLogGroup02E5E934',
  'AlternatingPermissionBF602727',
  'AlternatingPolicyFE8E518B',
  'AlternatingRoleDEEF5649',
  'AlternatingSecret30E63B11',
  'AlternatingSecurityGroupB654F765',
  'DatabaseSecurityGroupfromStackAlternatingSecurityGroup49F9E452IndirectPort1E753510',
  'DatabaseSecurityGroupfromStackSingleSecurityGroup3734DAB1IndirectPort0D8B4981',
  'DatabaseSecurityGroupfromStackSuperuserSecurityGroup704B8DE8IndirectPortA191848C',
  'Single6E2240C9',
  'SingleFunctionB036B5A8',
  'SingleLogGroup94503FFA',
  'SinglePermission92ABB3FF',
  'SinglePolicy16B707CD',
  'SingleRole6008A586',
  'SingleSecurityGroup6F17891D',
  'Superuser3BCAEA1E',
  'SuperuserFunction37263429',
  'SuperuserLogGroup24DC06FA',
  'SuperuserPermission766F763A',
  'SuperuserPolicyB4E6919B',
  'SuperuserRoleDA351D75',
  'SuperuserSecretB0F579E9',
  'SuperuserSecurityGroup5B7E6E4C',
];
