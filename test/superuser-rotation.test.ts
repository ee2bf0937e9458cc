import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Credentials, DatabaseInstance, Endpoint } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CERTIFICATE, configOf, newDatabase, newStack, publicTarget, superuserSecret } from './support/constructs-fixtures';
import { Cutover, RotationRules, RotationTarget, SuperuserRotation, SuperuserRotationProps } from 'cdk-secret-rotation';

const SECRET = 'AWS::SecretsManager::Secret';

describe('SuperuserRotation', () => {
  test('creates the user\'s secret and rotates it at once: nobody else tells the database', () => {
    const stack = newStack();
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: stack.resolve(rotation.secret.secretArn),
      RotateImmediatelyOnUpdate: true,
    });
    template.hasResourceProperties(SECRET, { Description: 'Password of the database user app', Name: Match.absent(), KmsKeyId: Match.absent() });
  });

  test('tells the function nothing about what is left out', () => {
    const stack = newStack();
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    expect(Object.keys(configOf(Template.fromStack(stack))).sort())
      .toEqual(['databaseName', 'host', 'passwordPolicy', 'port', 'superuserSecretArn', 'username']);
  });

  test('tells the function everything that is given', () => {
    const stack = newStack();
    new SuperuserRotation(stack, 'Rotation', {
      target: publicTarget(stack),
      username: 'app',
      memberOf: ['readers', 'pg_monitor'],
      upgradeToScram: true,
      passwordValidFor: Duration.days(90),
      clientEndpoint: new Endpoint('proxy.example.com', 6432),
      certificateAuthority: CERTIFICATE,
      cutover: Cutover.SINGLE_STEP,
    });
    expect(configOf(Template.fromStack(stack))).toMatchObject({
      username: 'app',
      memberOf: ['readers', 'pg_monitor'],
      upgradeToScram: true,
      passwordValidForSeconds: 90 * 24 * 3600,
      clientEndpoint: { host: 'proxy.example.com', port: 6432 },
      customCertificateAuthority: true,
      cutover: 'SINGLE_STEP',
    });
  });

  test('makes the secret as asked, and keeps secret and schedule together', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    new SuperuserRotation(stack, 'Rotation', {
      target: publicTarget(stack),
      username: 'app',
      secretName: 'shop/app',
      description: 'The shop',
      encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
      replicaRegions: [{ region: 'eu-west-1' }],
    });
    const template = Template.fromStack(stack);
    template.hasResource(SECRET, {
      Properties: {
        Name: 'shop/app',
        Description: 'The shop',
        KmsKeyId: stack.resolve(encryptionKey.keyArn),
        ReplicaRegions: [{ Region: 'eu-west-1' }],
      },
      DeletionPolicy: 'Retain',
    });
    template.hasResource('AWS::SecretsManager::RotationSchedule', { DeletionPolicy: 'Retain' });
  });

  test('rotates a secret that is given, and not at once', () => {
    const stack = newStack();
    const secret = superuserSecret(stack, 'Given');
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret });
    expect(rotation.secret).toBe(secret);
    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::RotationSchedule', { RotateImmediatelyOnUpdate: false });
  });

  test('takes an RDS-managed secret as the superuser\'s', () => {
    const stack = newStack();
    const database = newDatabase(stack, { credentials: Credentials.fromUsername('postgres'), manageMasterUserPassword: true });
    new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'app' });
    expect(configOf(Template.fromStack(stack)).superuserSecretArn)
      .toBe(JSON.stringify({ 'Fn::GetAtt': ['DatabaseB269D8BB', 'MasterUserSecret.SecretArn'] }));
  });

  test('tells the function the partial ARN of a superuser secret that is known by name, and lets it read just that secret', () => {
    const stack = newStack(undefined);
    const named = Secret.fromSecretNameV2(stack, 'Named', 'admin');
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', superuserSecret: named });
    const template = Template.fromStack(stack);
    expect(configOf(template).superuserSecretArn).toMatch(/:secret:admin$/);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain(':secret:admin-??????');
  });

  test.each<[string, (stack: ReturnType<typeof newStack>) => Partial<SuperuserRotationProps>, string]>([
    ['a target without a secret', () => ({ target: RotationTarget.postgres({ host: 'db.example.com' }) }),
      'there is no superuser secret: the target has none of its own; set superuserSecret, or name the secret in the target, or create the database from a DatabaseUserSecret'],
    ['no first rotation for a created secret', () => ({ rotateImmediatelyOnUpdate: false }),
      'rotateImmediatelyOnUpdate is false, but the secret is new'],
    ['what a created secret is made with, for a given one', (stack) => ({ secret: superuserSecret(stack, 'Given'), secretName: 'x', encryptionKey: new Key(stack, 'Key') }),
      'secretName, encryptionKey given together with secret'],
    ['an empty username', () => ({ username: '' }), 'username is empty'],
    ['a username with NUL', () => ({ username: 'a\0b' }), 'username contains the NUL character'],
    ['a username of 64 bytes in 32 characters', () => ({ username: 'ü'.repeat(32) }), 'username must be at most 63 bytes, got 64'],
    ['a reserved username', () => ({ username: 'pg_app' }), 'username is \'pg_app\', a name that PostgreSQL keeps for itself'],
    ['the pseudo-role public', () => ({ username: 'public' }), 'username is \'public\''],
    ['a user that is member of itself', () => ({ memberOf: ['app'] }), 'memberOf names \'app\', which is a user of the rotation itself'],
    ['a role name that is too long', () => ({ memberOf: ['r'.repeat(64)] }), 'memberOf must be at most 63 bytes'],
    ['a password that expires before the next rotation', () => ({ passwordValidFor: Duration.days(30) }),
      'passwordValidFor must be longer than the time between two rotations, got 30 days and 30 days'],
    ['a password that expires before the next rotation at a rate', () => ({ passwordValidFor: Duration.days(7), rotationRules: RotationRules.rate(Duration.days(14)) }),
      'passwordValidFor must be longer than the time between two rotations, got 7 days and 14 days'],
  ])('refuses %s', (_, props, message) => {
    const stack = newStack();
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', ...props(stack) }))
      .toThrow(`Stack/Rotation: ${message}`);
  });

  test('refuses a superuser secret that is the secret, seen through the database\'s attachment', () => {
    const stack = newStack();
    const master = new Secret(stack, 'Master', { generateSecretString: { secretStringTemplate: '{"username":"postgres"}', generateStringKey: 'password' } });
    const target = RotationTarget.fromDatabaseInstance(newDatabase(stack, { credentials: Credentials.fromSecret(master, 'postgres') }));
    expect(() => new SuperuserRotation(stack, 'Rotation', { target, username: 'postgres', secret: master }))
      .toThrow('secret and superuserSecret are the same secret');
  });

  test.each([
    ['account', 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app-AbCdEf'],
    ['region', 'arn:aws:secretsmanager:us-east-1:111111111111:secret:app-AbCdEf'],
  ])('refuses secrets of another %s', (part, arn) => {
    const stack = newStack({ env: { account: '111111111111', region: 'eu-west-1' } });
    const foreign = Secret.fromSecretCompleteArn(stack, 'Foreign', arn);
    const target = RotationTarget.postgres({ host: 'db.example.com' });
    expect(() => new SuperuserRotation(stack, 'One', { target, username: 'app', secret: foreign, superuserSecret: superuserSecret(stack) }))
      .toThrow(`Stack/One: secret is in ${part}`);
    expect(() => new SuperuserRotation(stack, 'Other', { target, username: 'app', superuserSecret: foreign }))
      .toThrow(`Stack/Other: superuserSecret is in ${part}`);
  });

  test('takes secrets whose account and region are not known at synthesis', () => {
    const stack = newStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Known', 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:app-AbCdEf');
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret });
    expect(rotation.secret).toBe(secret);
  });

  test('takes an imported database with a secret of its own', () => {
    const stack = newStack();
    const imported = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
      instanceIdentifier: 'shop', instanceEndpointAddress: 'shop.example.com', port: 5432, securityGroups: [],
    });
    const secret = superuserSecret(stack);
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(imported, { secret }), username: 'app' });
    expect(rotation.superuserSecret).toBe(secret);
  });
});
