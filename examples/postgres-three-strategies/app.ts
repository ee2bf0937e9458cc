import { App, Duration, Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { AlternatingUsersRotation, RotationRules, RotationTarget, SingleUserRotation, SuperuserRotation } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/postgres-three-strategies' });
const stack = new Stack(app, 'PostgresThreeStrategies');

const database = new DatabaseInstance(stack, 'Database', {
  engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
  instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
  credentials: Credentials.fromGeneratedSecret('postgres'),
  databaseName: 'shop',
  storageEncrypted: true,
});
const target = RotationTarget.fromDatabaseInstance(database, { databaseName: 'shop' });

// The master user changes its own password, on a day on which no other rotation needs it.
new SingleUserRotation(stack, 'Master', {
  target,
  username: 'postgres',
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SAT', window: Duration.hours(2) }),
});

// One user, whose password the master user changes: a report that tolerates a short window.
new SuperuserRotation(stack, 'Reports', {
  target,
  username: 'reports',
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SUN', window: Duration.hours(2) }),
});

// Two users that take turns: the application never sees a refused sign-in.
new AlternatingUsersRotation(stack, 'App', {
  target,
  username: 'app',
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'MON', window: Duration.hours(2) }),
});

app.synth();
