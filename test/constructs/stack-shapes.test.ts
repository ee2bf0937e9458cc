import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { newCluster, newDatabase, publicTarget } from '../support/constructs-fixtures';
import { AlternatingUsersRotation, RotationTarget, SuperuserRotation } from 'cdk-secret-rotation';

/** Everything that a rotation may be given, in the stacks that hold it. */
interface Given {
  readonly vpc: Vpc;
  readonly key: Key;
  readonly secret: Secret;
  readonly database: DatabaseInstance;
  readonly group: SecurityGroup;
}

type Part = keyof Given;

const PARTS: readonly Part[] = ['vpc', 'key', 'secret', 'database', 'group'];

/** One stack for each name, with the parts that the shape puts there. */
function given(app: App, stackOf: (part: Part) => string): Given {
  const stacks = new Map<string, Stack>();
  const stack = (part: Part) => {
    const name = stackOf(part);
    const known = stacks.get(name) ?? new Stack(app, name);
    stacks.set(name, known);
    return known;
  };
  const vpc = new Vpc(stack('vpc'), 'Vpc', { maxAzs: 2 });
  const key = new Key(stack('key'), 'Key');
  const secret = new Secret(stack('secret'), 'Secret', { encryptionKey: key });
  const database = newDatabase(stack('database'), { vpc });
  return { vpc, key, secret, database, group: new SecurityGroup(stack('group'), 'Group', { vpc }) };
}

/** Templates without the exports that a reference from another stack needs. */
function templates(app: App, except: string): Record<string, unknown> {
  const stacks = app.node.children.filter((child): child is Stack => child instanceof Stack && child.node.id !== except);
  return Object.fromEntries(stacks.map((stack) => [stack.node.id, Template.fromStack(stack).toJSON().Resources as unknown]));
}

const SHAPES: Record<string, (part: Part) => string> = {
  'everything in one other stack': () => 'Others',
  'each in a stack of its own': (part) => `Stack${part}`,
  'the database alone in another stack': (part) => (part === 'database' ? 'Data' : 'Base'),
  'the security group with the network, the database apart': (part) => (part === 'vpc' || part === 'group' ? 'Network' : 'Data'),
};

describe.each(Object.entries(SHAPES))('with %s', (_, stackOf) => {
  test('a rotation makes no cycle, and changes nothing foreign', () => {
    const untouched = new App();
    given(untouched, stackOf);
    const app = new App();
    const { vpc, key, secret, database, group } = given(app, stackOf);
    const stack = new Stack(app, 'Rotations');
    const target = RotationTarget.fromDatabaseInstance(database);
    new AlternatingUsersRotation(stack, 'Created', { target, username: 'app', encryptionKey: key });
    new SuperuserRotation(stack, 'Given', { target, username: 'reports', secret, vpc, securityGroups: [group] });
    app.synth();
    expect(templates(app, 'Rotations')).toEqual(templates(untouched, 'Rotations'));
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
  });
});

test('a rotation may sit in the stack of any part', () => {
  for (const part of PARTS) {
    const app = new App();
    const { database, key } = given(app, (name) => `Stack${name}`);
    const stack = app.node.findChild('Stackdatabase') as Stack;
    const home = part === 'database' || part === 'group' ? stack : new Stack(app, `With${part}`);
    new AlternatingUsersRotation(home, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'app', encryptionKey: key });
    expect(() => app.synth()).not.toThrow();
  }
});

describe('a rotation beneath what it rotates', () => {
  test('makes no cycle, and waits for none of the others beside it', () => {
    const stack = new Stack(new App(), 'Stack');
    const cluster = newCluster(stack);
    const target = RotationTarget.fromDatabaseCluster(cluster);
    new AlternatingUsersRotation(cluster, 'One', { target, username: 'app' });
    new SuperuserRotation(cluster, 'Other', { target, username: 'reports' });
    const schedules = Template.fromStack(stack).findResources('AWS::SecretsManager::RotationSchedule');
    expect(Object.keys(schedules)).toHaveLength(2);
    for (const [schedule, { DependsOn }] of Object.entries(schedules)) {
      const another = schedule.startsWith('ClusterOne') ? 'ClusterOther' : 'ClusterOne';
      expect((DependsOn as string[]).filter((id) => id.startsWith(another))).toEqual([]);
    }
  });
});

test('a service that waits for the rotation, and has its own rule at the database, makes no cycle', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const database = newDatabase(stack, { vpc });
  const rotation = new AlternatingUsersRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(database), username: 'app' });
  const service = new SecurityGroup(stack, 'Service', { vpc });
  database.connections.allowDefaultPortFrom(service);
  service.node.addDependency(rotation);
  expect(() => Template.fromStack(stack)).not.toThrow();
});

describe.each([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('in the partition %s', (_, region) => {
  test.each<[string, StackProps]>([
    ['with a known region', { env: { account: '111111111111', region } }],
    ['with an unknown one', {}],
  ])('no ARN names a partition, %s', (__, props) => {
    const stack = new Stack(new App(), 'Stack', props);
    const secret = Secret.fromSecretNameV2(stack, 'Named', 'app');
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret });
    rotation.onRotationSucceeded('Succeeded');
    rotation.onRotationFailed('Failed');
    rotation.onRotationEvent('Event');
    expect(JSON.stringify(Template.fromStack(stack).toJSON().Resources)).not.toMatch(/arn:aws/);
  });
});
