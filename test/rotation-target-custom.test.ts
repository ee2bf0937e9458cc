import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { entryFile } from './support/constructs-custom-service';
import { CERTIFICATE, configOf, newStack, newVpc, superuserSecret, typesOf } from './support/constructs-fixtures';
import {
  AlternatingUsersRotation, AlternatingUsersRotationProps, CustomTargetOptions, Cutover, OnDrift, RotationTarget, SingleUserRotation,
  SuperuserRotation,
} from 'cdk-secret-rotation';

const CONFIG_OF_ALL = ['host', 'passwordPolicy', 'port', 'service', 'username'];

function target(stack: Stack, options: Partial<CustomTargetOptions> = {}): RotationTarget {
  return RotationTarget.custom({ entry: entryFile(), host: 'db.example.com', port: 3306, secret: superuserSecret(stack), ...options });
}

function alternating(props: (stack: Stack) => Partial<AlternatingUsersRotationProps> = () => ({}), stack = newStack()): Template {
  const given = props(stack);
  new AlternatingUsersRotation(stack, 'Rotation', { username: 'app', ...given, target: given.target ?? target(stack) });
  return Template.fromStack(stack);
}

describe('RotationTarget.custom', () => {
  test.each([
    ['single-user', SingleUserRotation],
    ['superuser', SuperuserRotation],
    ['alternating-users', AlternatingUsersRotation],
  ] as const)('has %s run its bundle with the service beside it', (strategy, Rotation) => {
    const app = new App();
    const stack = newStack(undefined, app);
    new Rotation(stack, 'Rotation', { target: target(stack), username: 'app' });
    const bundled = readdirSync(join(__dirname, '..', 'assets', 'lambda', `${strategy}-custom`));
    const { directory } = app.synth();
    const [asset = ''] = readdirSync(directory).filter((name) => name.startsWith('asset.'));
    expect(readdirSync(join(directory, asset)).sort()).toEqual([...bundled, 'service.js'].sort());
  });

  test('tells a user that changes itself where it is, and nothing of PostgreSQL', () => {
    const stack = newStack();
    new SingleUserRotation(stack, 'Rotation', { target: target(stack), username: 'app', cutover: Cutover.STEPWISE, clientEndpoint: new Endpoint('proxy', 1) });
    const config = configOf(Template.fromStack(stack));
    expect(Object.keys(config).sort()).toEqual([...CONFIG_OF_ALL, 'clientEndpoint', 'cutover'].sort());
    expect(config).toMatchObject({ host: 'db.example.com', port: 3306, username: 'app', cutover: 'STEPWISE', clientEndpoint: { host: 'proxy', port: 1 } });
  });

  test('tells a superuser the user and the secret', () => {
    const stack = newStack();
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: target(stack), username: 'app' });
    const template = Template.fromStack(stack);
    expect(configOf(template)).toMatchObject({ superuserSecretArn: JSON.stringify(stack.resolve(rotation.superuserSecret?.secretArn)) });
    expect(typesOf(template, 'Rotation')).toHaveLength(7);
  });

  test('tells alternating users both names', () => {
    expect(configOf(alternating())).toMatchObject({ username: 'app', alternateUsername: 'app_clone' });
    expect(configOf(alternating(() => ({ alternateUsername: 'app_b' })))).toMatchObject({ alternateUsername: 'app_b' });
  });

  test('creates the secret of a user that PostgreSQL would not have', () => {
    const username = `pg_${'u'.repeat(300)}`;
    alternating(() => ({ username })).hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { SecretStringTemplate: JSON.stringify({ username }), GenerateStringKey: 'password', PasswordLength: 32 },
    });
  });

  test('gives the function variables and statements of the service', () => {
    const stack = newStack();
    const policyStatements = [new PolicyStatement({ actions: ['docdb-elastic:GetCluster'], resources: ['arn:aws:docdb-elastic:eu-west-1:111111111111:cluster/c'] })];
    const template = alternating(() => ({ target: target(stack, { environment: { DB_HOST: 'db.example.com' }, policyStatements }) }), stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { DB_HOST: 'db.example.com' } } });
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'docdb-elastic:GetCluster' })]) } });
  });

  test('opens the port of the database in its VPC', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const securityGroups = [new SecurityGroup(stack, 'Database', { vpc })];
    alternating(() => ({ target: target(stack, { vpc, securityGroups }) }), stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 3306 });
  });

  test.each<[string, (stack: Stack) => Partial<AlternatingUsersRotationProps>, string]>([
    ['what is PostgreSQL\'s, by name', () => ({
      memberOf: [],
      ownerRole: 'o',
      upgradeToScram: false,
      passwordValidFor: Duration.days(90),
      onDrift: OnDrift.WARN,
      handOver: false,
      certificateAuthority: CERTIFICATE,
      verifyEndpoints: [],
    }), 'certificateAuthority, handOver, memberOf, onDrift, ownerRole, passwordValidFor, upgradeToScram, verifyEndpoints given for RotationTarget.custom, which is for PostgreSQL only'],
    ['an empty username', () => ({ username: '' }), 'username is empty'],
    ['a username of 513 characters', () => ({ username: 'u'.repeat(513) }), 'username must be at most 512 characters, got 513'],
    ['a second user whose default name would be too long', () => ({ username: 'u'.repeat(510) }), 'alternateUsername must be at most 512 characters, got 516'],
    ['one user twice', () => ({ alternateUsername: 'app' }), 'alternateUsername equals username'],
    ['the target\'s own secret', (stack) => {
      const secret = superuserSecret(stack, 'Own');
      return { target: target(stack, { secret }), secret };
    }, 'the secret is the target\'s own'],
    ['no superuser', (stack) => ({ target: target(stack, { secret: undefined }) }), 'there is no superuser secret'],
    ['a file that is none', (stack) => ({ target: target(stack, { entry: '/no/such/service.js' }) }), 'entry names no file'],
    ['a port that is none', (stack) => ({ target: target(stack, { port: 0 }) }), 'port must be a whole number from 1 to 65535'],
  ])('refuses %s', (_, props, message) => {
    const stack = newStack();
    expect(() => alternating(props, stack)).toThrow(`Stack/Rotation: ${message}`);
  });
});
