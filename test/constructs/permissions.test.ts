import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { newDatabase, newStack, publicTarget } from '../support/constructs-fixtures';
import { RotationTarget, SingleUserRotation, SuperuserRotation, SuperuserRotationProps } from 'cdk-secret-rotation';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const ROTATE = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map((name) => `secretsmanager:${name}`);

function statements(template: Template): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

function superuserRotation(stack: Stack, props: Partial<SuperuserRotationProps> = {}): SuperuserRotation {
  return new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', ...props });
}

describe('the permissions of a rotation', () => {
  test('are the four calls on the secret, reading the superuser\'s, and writing to its log group', () => {
    const stack = newStack();
    const { secret, superuserSecret, logGroup } = superuserRotation(stack);
    expect(statements(Template.fromStack(stack)).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [ROTATE, stack.resolve(secret.secretArn)],
      ['secretsmanager:GetSecretValue', stack.resolve(superuserSecret?.secretArn)],
      [LOGS, stack.resolve(logGroup.logGroupArn)],
    ]);
  });

  test('are on nothing but the secret and the log group for a user that changes its own password', () => {
    const stack = newStack();
    const { secret, logGroup } = new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    expect(statements(Template.fromStack(stack)).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [ROTATE, stack.resolve(secret.secretArn)],
      [LOGS, stack.resolve(logGroup.logGroupArn)],
    ]);
  });

  test('are on everything for network interfaces alone, and in a VPC alone', () => {
    const stack = newStack();
    new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(newDatabase(stack)), username: 'postgres' });
    const [open, ...others] = statements(Template.fromStack(stack)).filter(({ Resource }) => JSON.stringify(Resource).includes('*'));
    expect(others).toEqual([]);
    expect(open).toMatchObject({ Resource: '*' });
    expect((open?.Action as string[]).filter((action) => !/^ec2:\w+(NetworkInterfaces?|PrivateIpAddresses|Subnets)$/.test(action))).toEqual([]);
  });

  test('name secrets that are known by name with an open end', () => {
    const stack = newStack();
    superuserRotation(stack, {
      secret: Secret.fromSecretNameV2(stack, 'Named', 'shop/app'),
      superuserSecret: Secret.fromSecretPartialArn(stack, 'Partial', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:admin'),
    });
    const resources = statements(Template.fromStack(stack)).map(({ Resource }) => JSON.stringify(Resource));
    expect(resources[0]).toMatch(/:secret:shop\/app-\?{6}"/);
    expect(resources[1]).toBe('"arn:aws:secretsmanager:eu-west-1:111111111111:secret:admin-??????"');
  });
});

describe('the use of customer managed keys', () => {
  test('is bound to Secrets Manager and to the secret, and reading only for the superuser\'s', () => {
    const stack = newStack();
    const [key, adminKey] = [new Key(stack, 'Key'), new Key(stack, 'AdminKey')];
    const admin = new Secret(stack, 'Admin', { encryptionKey: adminKey });
    const { secret } = superuserRotation(stack, { encryptionKey: key, superuserSecret: admin });
    const viaService = stack.resolve(`secretsmanager.${stack.region}.amazonaws.com`);
    expect(statements(Template.fromStack(stack)).filter(({ Action }) => JSON.stringify(Action).includes('kms:'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: stack.resolve(key.keyArn),
        Condition: { StringEquals: { 'kms:ViaService': viaService, 'kms:EncryptionContext:SecretARN': stack.resolve(secret.secretArn) } },
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: stack.resolve(adminKey.keyArn),
        Condition: { StringEquals: { 'kms:ViaService': viaService, 'kms:EncryptionContext:SecretARN': stack.resolve(admin.secretArn) } },
      },
    ]);
  });

  test('names a secret of which the ARN is known in part with an open end', () => {
    const stack = newStack();
    const secret = Secret.fromSecretAttributes(stack, 'Partial', {
      secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app',
      encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/k'),
    });
    superuserRotation(stack, { secret });
    expect(statements(Template.fromStack(stack))).toContainEqual(expect.objectContaining({
      Condition: expect.objectContaining({ StringLike: { 'kms:EncryptionContext:SecretARN': 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-??????' } }),
    }));
  });

  test('changes no key policy unless asked to', () => {
    const keyOf = (use: (stack: Stack, key: Key) => unknown) => {
      const stack = newStack();
      const key = new Key(stack, 'Key');
      use(stack, key);
      return Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'))[0]?.Properties.KeyPolicy.Statement as unknown[];
    };
    const untouched = keyOf(() => undefined);
    expect(keyOf((stack, encryptionKey) => superuserRotation(stack, { encryptionKey }))).toEqual(untouched);
    expect(keyOf((stack, encryptionKey) => superuserRotation(stack, {
      superuserSecret: Secret.fromSecretAttributes(stack, 'Admin', {
        secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:admin-AbCdEf', encryptionKey,
      }),
    }))).toEqual(untouched);
  });

  test('is written into the key policy on request', () => {
    const stack = newStack();
    const secret = new Secret(stack, 'Given', { encryptionKey: new Key(stack, 'Key') });
    superuserRotation(stack, { secret, grantKeyAccess: true });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Principal: { AWS: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RotationRole'), 'Arn'] } },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Condition: { StringEquals: { 'kms:ViaService': stack.resolve(`secretsmanager.${stack.region}.amazonaws.com`) } },
        })]),
      },
    });
  });

  test('is written into the policy of a created secret\'s key on request', () => {
    const stack = newStack();
    superuserRotation(stack, { encryptionKey: new Key(stack, 'Key'), grantKeyAccess: true });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] })]) },
    });
  });

  test('refuses to change the policy of an imported key, or of one in another stack', () => {
    const app = new App();
    const stack = newStack(undefined, app);
    const imported = Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:eu-west-1:111111111111:key/k');
    const foreign = new Key(new Stack(app, 'Keys'), 'Key');
    const target = publicTarget(stack);
    expect(() => new SuperuserRotation(stack, 'One', { target, username: 'app', encryptionKey: imported, grantKeyAccess: true }))
      .toThrow('Stack/One: grantKeyAccess cannot change the policy of the imported key');
    expect(() => new SuperuserRotation(stack, 'Other', { target, username: 'app', encryptionKey: foreign, grantKeyAccess: true }))
      .toThrow('grantKeyAccess cannot change the policy of Keys/Key in another stack');
  });
});
