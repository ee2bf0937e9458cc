import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Credentials, Endpoint } from 'aws-cdk-lib/aws-rds';
import { configOf, newDatabase, newStack, publicTarget, superuserSecret } from './support/constructs-fixtures';
import { AlternatingUsersRotation, AlternatingUsersRotationProps, DatabaseUserSecret, OnDrift, RotationTarget } from 'cdk-secret-rotation';

function rotationIn(stack: Stack, props: Partial<AlternatingUsersRotationProps> = {}): AlternatingUsersRotation {
  return new AlternatingUsersRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', ...props });
}

describe('AlternatingUsersRotation', () => {
  test('names the twin as AWS\'s function does, and leaves the rest to the engine', () => {
    const stack = newStack();
    rotationIn(stack);
    const config = configOf(Template.fromStack(stack));
    expect(config).toMatchObject({ username: 'app', alternateUsername: 'app_clone' });
    for (const leftOut of ['ownerRole', 'onDrift', 'handOver', 'verifyEndpoints']) expect(config).not.toHaveProperty(leftOut);
  });

  test('tells the function everything that is given', () => {
    const stack = newStack();
    rotationIn(stack, {
      alternateUsername: 'app_b',
      ownerRole: 'app_owner',
      memberOf: ['readers'],
      onDrift: OnDrift.WARN,
      handOver: true,
      verifyEndpoints: [new Endpoint('reader.example.com', 5433)],
    });
    expect(configOf(Template.fromStack(stack))).toMatchObject({
      alternateUsername: 'app_b',
      ownerRole: 'app_owner',
      memberOf: ['readers'],
      onDrift: 'WARN',
      handOver: true,
      verifyEndpoints: [{ host: 'reader.example.com', port: 5433 }],
    });
  });

  test('takes names with quotes, spaces, upper case and other scripts as they are', () => {
    const stack = newStack();
    rotationIn(stack, { username: 'Ünder "quoted" name' });
    expect(configOf(Template.fromStack(stack))).toMatchObject({ username: 'Ünder "quoted" name', alternateUsername: 'Ünder "quoted" name_clone' });
  });

  test.each<[string, Partial<AlternatingUsersRotationProps>, string]>([
    ['a name that is too long for its twin', { username: 'a'.repeat(58) }, 'would be longer than 63 bytes; set alternateUsername to a shorter name'],
    ['a twin of the same name', { alternateUsername: 'app' }, 'alternateUsername equals username, \'app\'; name a second user'],
    ['a twin whose name is too long', { alternateUsername: 'b'.repeat(64) }, 'alternateUsername must be at most 63 bytes'],
    ['a reserved twin', { alternateUsername: 'pg_app' }, 'alternateUsername is \'pg_app\''],
    ['an owner role that is the user', { ownerRole: 'app' }, 'ownerRole names \'app\', which is a user of the rotation itself'],
    ['an owner role that is the twin', { ownerRole: 'app_clone' }, 'ownerRole names \'app_clone\''],
    ['a reserved owner role', { ownerRole: 'none' }, 'ownerRole is \'none\''],
    ['membership of the twin', { memberOf: ['app_clone'] }, 'memberOf names \'app_clone\''],
  ])('refuses %s', (_, props, message) => {
    expect(() => rotationIn(newStack(), props)).toThrow(message);
  });

  test('takes a long name with a short twin', () => {
    const stack = newStack();
    rotationIn(stack, { username: 'a'.repeat(63), alternateUsername: 'b'.repeat(63) });
    expect(configOf(Template.fromStack(stack))).toMatchObject({ alternateUsername: 'b'.repeat(63) });
  });

  test('refuses the target\'s own secret, also when the database was made from it', () => {
    const stack = newStack();
    const master = new DatabaseUserSecret(stack, 'Master', { username: 'postgres' });
    const target = RotationTarget.fromDatabaseInstance(newDatabase(stack, { credentials: Credentials.fromSecret(master, 'postgres') }));
    expect(() => rotationIn(stack, { target, secret: master, superuserSecret: superuserSecret(stack, 'Other') }))
      .toThrow('Stack/Rotation: the secret is the target\'s own, whose username would change and replace the database');
  });
});
