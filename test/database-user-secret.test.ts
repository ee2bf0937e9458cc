import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { newStack } from './support/constructs-fixtures';
import { DatabaseUserSecret } from 'cdk-secret-rotation';

const SECRET = 'AWS::SecretsManager::Secret';

describe('DatabaseUserSecret', () => {
  test('generates 32 letters and digits of every class, always from the same rules', () => {
    const stack = newStack();
    new DatabaseUserSecret(stack, 'Secret', { username: 'app' });
    Template.fromStack(stack).hasResourceProperties(SECRET, {
      GenerateSecretString: {
        ExcludePunctuation: true,
        GenerateStringKey: 'password',
        IncludeSpace: false,
        PasswordLength: 32,
        RequireEachIncludedType: true,
        SecretStringTemplate: '{"username":"app"}',
        ExcludeCharacters: Match.absent(),
      },
    });
  });

  test('is another resource for another user, and the same in every app', () => {
    const ids = ['app', 'reports', 'app'].map((username) => {
      const stack = new Stack(new App(), `Stack${username}`);
      new DatabaseUserSecret(stack, 'Secret', { username });
      return Object.keys(Template.fromStack(stack).findResources(SECRET))[0];
    });
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('stays within the length of a logical id, and differs beyond it', () => {
    const stack = newStack();
    new DatabaseUserSecret(stack, 'x'.repeat(300), { username: 'app' });
    new DatabaseUserSecret(stack, `${'x'.repeat(300)}y`, { username: 'app' });
    const ids = Object.keys(Template.fromStack(stack).findResources(SECRET));
    expect(ids).toHaveLength(2);
    expect(Math.max(...ids.map(({ length }) => length))).toBeLessThanOrEqual(255);
  });

  test('leaves the policy of its key alone, and grants its use to readers and writers themselves', () => {
    const app = new App();
    const keys = new Stack(app, 'Keys');
    const stack = newStack(undefined, app);
    const key = new Key(keys, 'Key');
    const before = JSON.stringify(keys.resolve(key.node.defaultChild && (key as unknown as { policy: unknown }).policy));
    const secret = new DatabaseUserSecret(stack, 'Secret', { username: 'app', encryptionKey: key });
    const [reader, writer] = ['Reader', 'Writer'].map((id) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() })) as [Role, Role];
    secret.grantRead(reader, ['AWSCURRENT']);
    secret.grantWrite(writer);
    expect(JSON.stringify(keys.resolve((key as unknown as { policy: unknown }).policy))).toBe(before);
    for (const [role, actions] of [[reader, 'kms:Decrypt'], [writer, ['kms:Decrypt', 'kms:GenerateDataKey']]] as const) {
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        Roles: [stack.resolve(role.roleName)],
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({
            Action: actions,
            Resource: stack.resolve(key.keyArn),
            Condition: {
              StringEquals: {
                'kms:ViaService': stack.resolve(`secretsmanager.${stack.region}.amazonaws.com`),
                'kms:EncryptionContext:SecretARN': stack.resolve(secret.secretArn),
              },
            },
          })]),
        },
      });
    }
  });

  test('refuses a name that PostgreSQL keeps for itself', () => {
    expect(() => new DatabaseUserSecret(newStack(), 'Secret', { username: 'pg_app' })).toThrow('Stack/Secret: username is \'pg_app\'');
  });
});
