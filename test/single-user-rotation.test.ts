import { Template } from 'aws-cdk-lib/assertions';
import { Credentials } from 'aws-cdk-lib/aws-rds';
import { configOf, newDatabase, newStack, publicTarget, superuserSecret, typesOf } from './support/constructs-fixtures';
import { Cutover, RotationTarget, SingleUserRotation } from 'cdk-secret-rotation';

describe('SingleUserRotation', () => {
  test('rotates the target\'s own secret, creates none, and does not rotate it at once', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    const rotation = new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'postgres' });
    const template = Template.fromStack(stack);
    expect(rotation.secret).toBe(database.secret);
    expect(rotation.superuserSecret).toBeUndefined();
    expect(typesOf(template, 'Rotation')).not.toContain('AWS::SecretsManager::Secret');
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', { RotateImmediatelyOnUpdate: false });
    expect(configOf(template)).not.toHaveProperty('superuserSecretArn');
  });

  test('rotates the secret that is given, at once when asked to', () => {
    const stack = newStack();
    const secret = superuserSecret(stack, 'Given');
    const rotation = new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret, rotateImmediatelyOnUpdate: true });
    expect(rotation.secret).toBe(secret);
    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::RotationSchedule', { RotateImmediatelyOnUpdate: true });
  });

  test('leaves the cut-over to the engine\'s default, or names the one that is given', () => {
    const stack = newStack();
    const [target, username] = [publicTarget(stack), 'app'];
    new SingleUserRotation(stack, 'Default', { target, username });
    new SingleUserRotation(stack, 'Stepwise', { target, username, cutover: Cutover.STEPWISE, secret: superuserSecret(stack, 'Given') });
    const template = Template.fromStack(stack);
    const [one, other] = Object.keys(template.findResources('AWS::Lambda::Function'));
    expect(configOf(template, one)).not.toHaveProperty('cutover');
    expect(configOf(template, other)).toMatchObject({ cutover: 'STEPWISE' });
  });

  test('refuses a target without a secret, and names the way out', () => {
    const stack = newStack();
    const database = newDatabase(stack, { credentials: Credentials.fromUsername('postgres', { password: superuserSecret(stack).secretValue }) });
    expect(() => new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'postgres' }))
      .toThrow('Stack/Rotation: there is no secret to rotate: the target has none of its own; set secret, or use SuperuserRotation');
  });

  test('refuses a secret that RDS manages', () => {
    const stack = newStack();
    const database = newDatabase(stack, { credentials: Credentials.fromUsername('postgres'), manageMasterUserPassword: true });
    expect(() => new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'postgres' }))
      .toThrow('RDS manages this secret and rotates it itself');
  });
});
