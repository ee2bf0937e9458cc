import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, Role, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { entryFile } from './support/constructs-custom-service';
import { configOf, newStack, newVpc, superuserSecret, typesOf } from './support/constructs-fixtures';
import { MultiCredentialRotation, MultiCredentialRotationProps, RotatingCredential, RotationRules } from 'cdk-secret-rotation';

const SECRET = 'AWS::SecretsManager::Secret';
const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';
const RULE = 'AWS::Events::Rule';
const PERMISSION = 'AWS::Lambda::Permission';

type Service = (stack: Stack) => RotatingCredential;

const IAM: Service = (stack) => RotatingCredential.iamAccessKey(new User(stack, 'User'));
const SES: Service = (stack) => RotatingCredential.sesSmtp(new User(stack, 'User'));
const REDIS: Service = () => RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'redis.example.com' }] });
const ELASTICACHE: Service = () => RotatingCredential.elastiCacheUser({ userId: 'app' });
const MEMORYDB: Service = () => RotatingCredential.memoryDbUser({ userName: 'app' });
const CUSTOM: Service = () => RotatingCredential.custom({ entry: entryFile() });

const ISSUED = { iam: IAM, ses: SES };
const CHOSEN = { redis: REDIS, elasticache: ELASTICACHE, memorydb: MEMORYDB };
const ALL = { ...ISSUED, ...CHOSEN, custom: CUSTOM };

function rotationIn(stack: Stack, service: Service, props: Partial<MultiCredentialRotationProps> = {}): MultiCredentialRotation {
  return new MultiCredentialRotation(stack, 'Rotation', { service: service(stack), ...props });
}

function synthesized(service: Service, props: Partial<MultiCredentialRotationProps> = {}): Template {
  const stack = newStack();
  rotationIn(stack, service, props);
  return Template.fromStack(stack);
}

describe('MultiCredentialRotation', () => {
  test.each(Object.entries(ALL))('creates the secret for %s and rotates it at once', (_, service) => {
    const stack = newStack();
    const rotation = rotationIn(stack, service);
    const template = Template.fromStack(stack);
    template.resourceCountIs(SECRET, 1);
    template.hasResourceProperties(SCHEDULE, { SecretId: stack.resolve(rotation.secret.secretArn), RotateImmediatelyOnUpdate: true });
    expect(rotation.superuserSecret).toBeUndefined();
  });

  test.each(Object.entries({ ...ISSUED, custom: CUSTOM }))('creates the secret for %s as an empty object: nobody can make up what its service issues', (_, service) => {
    synthesized(service).hasResourceProperties(SECRET, { SecretString: '{}', GenerateSecretString: Match.absent() });
  });

  test.each(Object.entries(CHOSEN))('creates the secret for %s with the username and a password', (_, service) => {
    synthesized(service).hasResourceProperties(SECRET, {
      SecretString: Match.absent(),
      GenerateSecretString: { SecretStringTemplate: '{"username":"app"}', GenerateStringKey: 'password', PasswordLength: 32, ExcludePunctuation: true },
    });
  });

  test('makes the secret as asked, and keeps secret and schedule together', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    rotationIn(stack, IAM, {
      secretName: 'partner/key', description: 'The partner', encryptionKey, removalPolicy: RemovalPolicy.RETAIN, replicaRegions: [{ region: 'eu-west-1' }],
    });
    const template = Template.fromStack(stack);
    template.hasResource(SECRET, {
      Properties: { Name: 'partner/key', Description: 'The partner', KmsKeyId: stack.resolve(encryptionKey.keyArn), ReplicaRegions: [{ Region: 'eu-west-1' }] },
      DeletionPolicy: 'Retain',
    });
    template.hasResource(SCHEDULE, { DeletionPolicy: 'Retain' });
  });

  test('grants the use of the key with the secret, and leaves the key\'s policy alone', () => {
    const stack = newStack();
    const rotation = rotationIn(stack, IAM, { encryptionKey: new Key(stack, 'Key') });
    rotation.secret.grantRead(new Role(stack, 'Reader', { assumedBy: new AccountRootPrincipal() }));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Reader') }],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt' })]) },
    });
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key?.Properties.KeyPolicy.Statement).toHaveLength(1);
  });

  test('rotates a secret that is given, and not at once', () => {
    const stack = newStack();
    const secret = superuserSecret(stack, 'Given');
    expect(rotationIn(stack, IAM, { secret }).secret).toBe(secret);
    Template.fromStack(stack).hasResourceProperties(SCHEDULE, { RotateImmediatelyOnUpdate: false });
  });

  test.each(Object.entries({ redis: REDIS, custom: CUSTOM }))('lets %s read the secret of a superuser', (_, service) => {
    const stack = newStack();
    const superuser = superuserSecret(stack);
    const rotation = rotationIn(stack, service, { superuserSecret: superuser });
    expect(rotation.superuserSecret).toBe(superuser);
    const template = Template.fromStack(stack);
    expect(configOf(template)).toMatchObject({ superuserSecretArn: JSON.stringify(stack.resolve(superuser.secretArn)) });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'secretsmanager:GetSecretValue', Resource: stack.resolve(superuser.secretArn) })]) },
    });
  });

  test.each(Object.entries({ ...ISSUED, custom: CUSTOM }))('tells %s when to retire what it issued', (_, service) => {
    expect(configOf(synthesized(service))).toMatchObject({ graceSeconds: 86_400, maxWaitSeconds: 90 * 86_400 });
    const given = configOf(synthesized(service, { grace: Duration.hours(2), maxWait: Duration.days(7), deactivateAfter: Duration.days(3) }));
    expect(given).toMatchObject({ graceSeconds: 7_200, maxWaitSeconds: 604_800, deactivateAfterSeconds: 259_200 });
  });

  test.each(Object.entries(CHOSEN))('tells %s nothing about retirement, and how to draw passwords', (_, service) => {
    const config = configOf(synthesized(service, { passwordPolicy: { length: 64 } }));
    expect(Object.keys(config).filter((name) => name.endsWith('Seconds'))).toEqual([]);
    expect(config.passwordPolicy).toMatchObject({ length: 64 });
  });

  test('has a description that says whose credential it rotates', () => {
    const stack = newStack();
    rotationIn(stack, () => RotatingCredential.iamAccessKey(User.fromUserName(stack, 'Imported', 'partner')));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Description: 'Rotates the access keys of the IAM user partner, two at once' });
    template.hasResourceProperties(SECRET, { Description: 'The access keys of the IAM user partner' });
  });
});

describe('the resources of a MultiCredentialRotation', () => {
  const BARE = [
    'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Lambda::Permission', 'AWS::Logs::LogGroup',
    'AWS::SecretsManager::RotationSchedule', 'AWS::SecretsManager::Secret',
  ];

  test.each(Object.entries(ALL))('are seven outside a VPC: %s', (_, service) => {
    expect(typesOf(synthesized(service), 'Rotation')).toEqual(BARE);
  });

  test('are nine at most in a VPC', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const cache = new SecurityGroup(stack, 'Cache', { vpc });
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources).length;
    const other = newStack();
    const otherVpc = newVpc(other);
    const otherCache = new SecurityGroup(other, 'Cache', { vpc: otherVpc });
    rotationIn(other, () => RotatingCredential.redisUser({
      username: 'app', nodes: [{ host: 'a.example.com' }, { host: 'b.example.com' }], vpc: otherVpc, securityGroups: [otherCache],
    }));
    expect(cache.node.id).toBe('Cache');
    expect(Object.keys(Template.fromStack(other).toJSON().Resources)).toHaveLength(before + 9);
  });

  test('are eight in a VPC for access keys', () => {
    const stack = newStack();
    rotationIn(stack, IAM, { vpc: newVpc(stack) });
    expect(typesOf(Template.fromStack(stack), 'Rotation')).toEqual([...BARE, 'AWS::EC2::SecurityGroup'].sort());
  });

  test('have logical ids that never change', () => {
    const stack = newStack();
    for (const [name, service] of Object.entries({ ...CHOSEN, custom: CUSTOM })) {
      new MultiCredentialRotation(stack, `Of${name}`, { service: service(stack) });
    }
    const user = new User(stack, 'User');
    new MultiCredentialRotation(stack, 'Ofiam', { service: RotatingCredential.iamAccessKey(user), deactivateAfter: Duration.days(1) });
    new MultiCredentialRotation(stack, 'Ofses', { service: RotatingCredential.sesSmtp(user) });
    const ids = Object.keys(Template.fromStack(stack).toJSON().Resources).filter((id) => /^Of\w+(Secret|Retirement|Event)/.test(id));
    expect(ids.sort()).toEqual(LOGICAL_IDS);
  });
});

describe('deactivateAfter', () => {
  test('has the function asked to retire between two rotations, by a rule that alone may', () => {
    const stack = newStack();
    const rotation = rotationIn(stack, IAM, { deactivateAfter: Duration.days(3) });
    const template = Template.fromStack(stack);
    expect(typesOf(template, 'Rotation')).toHaveLength(9);
    template.hasResourceProperties(RULE, {
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      Targets: [{
        Arn: stack.resolve(rotation.function.functionArn),
        InputTransformer: Match.absent(),
        Input: { 'Fn::Join': ['', ['{"Step":"retire","SecretId":"', stack.resolve(rotation.secret.secretArn), '"}']] },
      }],
    });
    const [rule] = Object.keys(template.findResources(RULE));
    template.hasResourceProperties(PERMISSION, {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    });
    template.resourceCountIs(PERMISSION, 2);
  });

  test('of less than a day is looked at each hour', () => {
    synthesized(IAM, { deactivateAfter: Duration.hours(23) }).hasResourceProperties(RULE, { ScheduleExpression: 'rate(1 hour)' });
    synthesized(IAM, { deactivateAfter: Duration.hours(24) }).hasResourceProperties(RULE, { ScheduleExpression: 'rate(1 day)' });
  });

  test('left out makes no rule', () => {
    synthesized(IAM).resourceCountIs(RULE, 0);
  });

  test('is not compared with a schedule whose interval is not known', () => {
    expect(() => synthesized(IAM, { deactivateAfter: Duration.days(60), rotationRules: RotationRules.cron({ hour: '3' }) })).not.toThrow();
    expect(() => synthesized(IAM, { deactivateAfter: Duration.days(60), rotationRules: RotationRules.onDemand() })).not.toThrow();
  });
});

describe('MultiCredentialRotation refuses', () => {
  const REDIS_OF_SELF = 'secret and superuserSecret are the same secret; leave out superuserSecret';

  test.each(Object.entries(CHOSEN))('to retire what it chose itself: %s', (name, service) => {
    expect(() => synthesized(service, { grace: Duration.days(1), maxWait: Duration.days(2), deactivateAfter: Duration.days(1) }))
      .toThrow(`Stack/Rotation: grace, maxWait, deactivateAfter given for ${name}, where each rotation ends the credential before the current one; leave it out`);
  });

  test.each(Object.entries(ISSUED))('a passwordPolicy for what AWS makes up: %s', (name, service) => {
    expect(() => synthesized(service, { passwordPolicy: { length: 40 } })).toThrow(`Stack/Rotation: passwordPolicy given for ${name}, where AWS makes up the credential`);
  });

  test.each(Object.entries({ ...ISSUED, elasticache: ELASTICACHE, memorydb: MEMORYDB }))('a superuser where the role is one: %s', (name, service) => {
    const stack = newStack();
    expect(() => rotationIn(stack, service, { superuserSecret: superuserSecret(stack) })).toThrow(`Stack/Rotation: superuserSecret given for ${name}`);
  });

  test.each(Object.entries({ elasticache: ELASTICACHE, memorydb: MEMORYDB }))('passwords that are too short for %s', (_, service) => {
    expect(() => synthesized(service, { passwordPolicy: { length: 15 } })).toThrow('passwordPolicy.length must be a whole number from 16 to 128, got 15');
    expect(() => synthesized(service, { passwordPolicy: { length: 16 } })).not.toThrow();
  });

  test.each<[string, (stack: Stack) => Partial<MultiCredentialRotationProps>, string]>([
    ['no first rotation for a created secret', () => ({ rotateImmediatelyOnUpdate: false }), 'rotateImmediatelyOnUpdate is false, but the secret is new'],
    ['what a created secret is made with, for a given one', (stack) => ({ secret: superuserSecret(stack), secretName: 'x' }), 'secretName given together with secret'],
    ['a grace of no time', () => ({ grace: Duration.seconds(0) }), 'grace must be whole seconds, at least one, got'],
    ['a grace that is no whole seconds', () => ({ grace: Duration.millis(1500) }), 'grace must be whole seconds, at least one, got'],
    ['a grace longer than maxWait', () => ({ grace: Duration.days(3), maxWait: Duration.days(2) }), 'grace must be at most maxWait, got 3 days and 2 days'],
    ['a grace longer than the default of maxWait', () => ({ grace: Duration.days(91) }), 'grace must be at most maxWait, got 91 days and 90 days'],
    ['to deactivate when the next rotation retires anyway', () => ({ deactivateAfter: Duration.days(30) }),
      'deactivateAfter must be shorter than the time between two rotations, got 30 days and 30 days'],
    ['to deactivate after the next rotation at a rate', () => ({ deactivateAfter: Duration.days(3), rotationRules: RotationRules.rate(Duration.days(2)) }),
      'deactivateAfter must be shorter than the time between two rotations, got 3 days and 2 days'],
    ['a secret of another account', (stack) => ({ secret: Secret.fromSecretCompleteArn(stack, 'Foreign', 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:a-AbCdEf') }),
      'secret is in account 222222222222'],
  ])('%s', (_, props, message) => {
    const stack = newStack({ env: { account: '111111111111', region: 'eu-west-1' } });
    expect(() => rotationIn(stack, IAM, props(stack))).toThrow(`Stack/Rotation: ${message}`);
  });

  test('a superuser that is the secret itself', () => {
    const stack = newStack();
    const secret = superuserSecret(stack);
    expect(() => rotationIn(stack, REDIS, { secret, superuserSecret: secret })).toThrow(REDIS_OF_SELF);
  });
});

/** A changed id of a secret is another secret. */
const LOGICAL_IDS = [
  'OfcustomSecret246D620D',
  'OfelasticacheSecret1EC905AA',
  'OfiamRetirementF3C40C90',
  'OfiamRetirementPermissionCED30715',
  'OfiamSecret45160CFC',
  'OfmemorydbSecret3158F6C5',
  'OfredisSecret44CD5DF7',
  'OfsesSecretCA35CEA4',
];
