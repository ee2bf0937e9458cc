import { App, Duration, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { User } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnDBInstance, Credentials } from 'aws-cdk-lib/aws-rds';
import { CfnRotationSchedule, RotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { newDatabase, newStack, newVpc, publicTarget, superuserSecret, warningIds } from '../support/constructs-fixtures';
import {
  AlternatingUsersRotation, DatabaseUserSecret, MultiCredentialRotation, RotatingCredential, RotationTarget, SingleUserRotation, SuperuserRotation,
} from 'cdk-secret-rotation';

const synth = (stack: Stack) => () => Template.fromStack(stack);

describe('a second rotation of one secret', () => {
  test('is refused', () => {
    const stack = newStack();
    const secret = superuserSecret(stack, 'Given');
    const target = publicTarget(stack);
    new SuperuserRotation(stack, 'One', { target, username: 'app', secret });
    new AlternatingUsersRotation(stack, 'Other', { target, username: 'app', secret });
    expect(synth(stack)).toThrow(/Stack\/(One|Other): the secret has a second rotation, Stack\/(One|Other)\/Resource/);
  });

  test('is refused when CDK made it', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    database.addRotationSingleUser();
    new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'postgres' });
    expect(synth(stack)).toThrow(/Stack\/Rotation: the secret has a second rotation, .*RotationSchedule\/Resource; a secret has one rotation schedule: remove one of the two/);
  });

  test('is refused when one of the two names the attachment and the other the secret, and whichever comes first', () => {
    for (const order of ['before', 'after'] as const) {
      const stack = newStack();
      const master = new DatabaseUserSecret(stack, 'Master', { username: 'postgres' });
      const database = newDatabase(stack, { credentials: Credentials.fromSecret(master, 'postgres') });
      const cdk = () => new RotationSchedule(stack, 'Cdk', {
        secret: master,
        rotationLambda: new LambdaFunction(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('-') }),
      });
      if (order === 'before') cdk();
      new SingleUserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'postgres' });
      if (order === 'after') cdk();
      expect(synth(stack)).toThrow('Stack/Rotation: the secret has a second rotation, Stack/Cdk/Resource');
    }
  });

  test('is refused when it is in another stack', () => {
    const app = new App();
    const secrets = new Stack(app, 'Secrets');
    const secret = superuserSecret(secrets, 'Given');
    const stack = newStack(undefined, app);
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret });
    new CfnRotationSchedule(new Stack(app, 'Others'), 'Schedule', { secretId: secret.secretArn, rotationLambdaArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f' });
    expect(() => app.synth()).toThrow('Stack/Rotation: the secret has a second rotation, Others/Schedule');
  });

  test('is refused in a stage', () => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'Prod'), 'Stack');
    const secret = superuserSecret(stack, 'Given');
    const target = publicTarget(stack);
    new SuperuserRotation(stack, 'One', { target, username: 'app', secret });
    new SuperuserRotation(stack, 'Other', { target, username: 'app', secret });
    expect(() => app.synth()).toThrow('the secret has a second rotation');
  });

  test('is refused when it is of several credentials', () => {
    const stack = newStack();
    const secret = superuserSecret(stack, 'Given');
    new MultiCredentialRotation(stack, 'Keys', { service: RotatingCredential.iamAccessKey(new User(stack, 'User')), secret });
    new SuperuserRotation(stack, 'Other', { target: publicTarget(stack), username: 'app', secret });
    expect(synth(stack)).toThrow(/Stack\/(Keys|Other): the secret has a second rotation/);
  });

  test('is none when another secret rotates', () => {
    const stack = newStack();
    const target = publicTarget(stack);
    const [one, other] = ['app', 'app-reader'].map((name, index) => Secret.fromSecretNameV2(stack, `Named${index}`, name));
    new SuperuserRotation(stack, 'One', { target, username: 'app', secret: one });
    new SuperuserRotation(stack, 'Other', { target, username: 'reader', secret: other });
    expect(synth(stack)).not.toThrow();
  });
});

describe('an RDS Proxy that registers the secret', () => {
  function withProxy(build: (stack: Stack, target: RotationTarget) => { readonly secret: Secret }): Stack {
    const stack = newStack();
    const vpc = newVpc(stack);
    const database = newDatabase(stack, { vpc });
    const { secret } = build(stack, RotationTarget.fromDatabaseInstance(database));
    database.addProxy('Proxy', { secrets: [secret], vpc });
    return stack;
  }

  test('is refused for alternating users', () => {
    const stack = withProxy((scope, target) => new AlternatingUsersRotation(scope, 'Rotation', { target, username: 'app' }) as { readonly secret: unknown } as { readonly secret: Secret });
    expect(synth(stack)).toThrow('Stack/Rotation: the RDS Proxy Stack/Database/Proxy/Resource registers the secret, whose user changes at each rotation');
  });

  test('gives a warning for one user', () => {
    const stack = withProxy((scope, target) => new SuperuserRotation(scope, 'Rotation', { target, username: 'app' }) as { readonly secret: unknown } as { readonly secret: Secret });
    Template.fromStack(stack);
    expect(warningIds(stack)).toContain('cdk-secret-rotation:proxy-registers-secret');
  });

  test('says nothing of other secrets', () => {
    const stack = withProxy((scope, target) => {
      new AlternatingUsersRotation(scope, 'Rotation', { target, username: 'app' });
      return { secret: new Secret(scope, 'Another') };
    });
    expect(synth(stack)).not.toThrow();
  });
});

describe('a dynamic reference to the username of alternating users', () => {
  test('is refused: a changed MasterUsername replaces the database', () => {
    const stack = newStack();
    const { secret } = new AlternatingUsersRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    new CfnDBInstance(stack, 'Other', { masterUsername: secret.secretValueFromJson('username').unsafeUnwrap() });
    expect(synth(stack)).toThrow('Stack/Rotation: Stack/Other takes username from the secret by a dynamic reference, and it changes at each rotation');
  });

  test('is refused anywhere in the app', () => {
    const app = new App();
    const stack = newStack(undefined, app);
    const { secret } = new AlternatingUsersRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
    new StringParameter(new Stack(app, 'Others'), 'Parameter', { stringValue: `user=${secret.secretValueFromJson('username').unsafeUnwrap()}` });
    expect(() => app.synth()).toThrow('Stack/Rotation: Others/Parameter/Resource takes username from the secret');
  });

  test('is nothing to say of for another field, another secret, or one user', () => {
    const stack = newStack();
    const target = publicTarget(stack);
    const { secret } = new AlternatingUsersRotation(stack, 'Rotation', { target, username: 'app' });
    const one = new SuperuserRotation(stack, 'One', { target, username: 'reports' });
    new CfnDBInstance(stack, 'Other', {
      masterUserPassword: secret.secretValueFromJson('password').unsafeUnwrap(),
      masterUsername: one.secret.secretValueFromJson('username').unsafeUnwrap(),
      dbName: superuserSecret(stack, 'Another').secretValueFromJson('username').unsafeUnwrap(),
    });
    expect(synth(stack)).not.toThrow();
  });
});

describe('a dynamic reference to the username of SMTP credentials', () => {
  const withReference = (service: (user: User) => RotatingCredential) => {
    const stack = newStack();
    const { secret } = new MultiCredentialRotation(stack, 'Mail', { service: service(new User(stack, 'User')) });
    new StringParameter(stack, 'Parameter', { stringValue: secret.secretValueFromJson('username').unsafeUnwrap() });
    return stack;
  };

  test('is refused: it is the id of an access key', () => {
    expect(synth(withReference((user) => RotatingCredential.sesSmtp(user))))
      .toThrow('Stack/Mail: Stack/Parameter/Resource takes username from the secret by a dynamic reference, and it changes at each rotation; read the whole secret where it is used');
  });

  test('is nothing to say of where the user stays', () => {
    expect(synth(withReference(() => RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'a.example.com' }] })))).not.toThrow();
  });
});

test('the checks leave tokens, numbers and lists of other resources as they are', () => {
  const stack = newStack();
  new AlternatingUsersRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(newDatabase(stack)), username: 'app' });
  new CfnDBInstance(stack, 'Other', { port: Lazy.string({ produce: () => '5432' }), monitoringInterval: Lazy.number({ produce: () => Duration.minutes(1).toSeconds() }) });
  Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBInstance', { Port: '5432', MonitoringInterval: 60 });
});
