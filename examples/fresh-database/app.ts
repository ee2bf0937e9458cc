import { App, Duration, Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { AlternatingUsersRotation, DatabaseUserSecret, RotationRules, RotationTarget, SingleUserRotation } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/fresh-database' });
const stack = new Stack(app, 'FreshDatabase');

// First the secret, whose value no update of the stack replaces; then the database from it; then the rotations.
const admin = new DatabaseUserSecret(stack, 'Admin', { username: 'admin_user' });

const database = new DatabaseInstance(stack, 'Database', {
  engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
  instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.SMALL),
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
  credentials: Credentials.fromSecret(admin, 'admin_user'),
  databaseName: 'shop',
  storageEncrypted: true,
});
const target = RotationTarget.fromDatabaseInstance(database, { databaseName: 'shop' });

new SingleUserRotation(stack, 'AdminRotation', {
  target,
  username: 'admin_user',
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SAT', window: Duration.hours(2) }),
});

// The users do not exist yet: the first rotation, right after the deployment, creates them.
new AlternatingUsersRotation(stack, 'AppUser', {
  target,
  username: 'app',
  ownerRole: 'shop_owner',
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SUN', window: Duration.hours(2) }),
});

app.synth();
