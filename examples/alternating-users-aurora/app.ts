import { App, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlternatingUsersRotation, RotationRules, RotationTarget } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/alternating-users-aurora' });
const stack = new Stack(app, 'AlternatingUsersAurora');

// RDS manages and rotates the password of the master user, who creates and changes the two users of the application.
const cluster = new DatabaseCluster(stack, 'Cluster', {
  engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
  writer: ClusterInstance.serverlessV2('Writer'),
  readers: [ClusterInstance.serverlessV2('Reader', { scaleWithWriter: true })],
  defaultDatabaseName: 'shop',
  manageMasterUserPassword: true,
  storageEncrypted: true,
  iamAuthentication: true,
  deletionProtection: true,
});

const rotation = new AlternatingUsersRotation(stack, 'AppUser', {
  // A new password must work at the reader endpoint, too, before clients get it.
  target: RotationTarget.fromDatabaseCluster(cluster, { databaseName: 'shop', readers: true }),
  username: 'app',
  // Both users act as this role, which cannot sign in: whatever either creates belongs to both.
  ownerRole: 'shop_owner',
  encryptionKey: new Key(stack, 'SecretKey', { enableKeyRotation: true }),
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SUN', window: Duration.hours(2) }),
});

// Those who read the secret get the use of its key with it.
const application = new Role(stack, 'Application', { assumedBy: new AccountRootPrincipal() });
rotation.secret.grantRead(application);

const operators = new Topic(stack, 'Operators', { enforceSSL: true });
rotation.alarmOnFailure('FailureAlarm', { alarmActions: [new SnsAction(operators)] });
rotation.onRotationSucceeded('Succeeded', { target: new SnsTopic(operators) });

app.synth();
