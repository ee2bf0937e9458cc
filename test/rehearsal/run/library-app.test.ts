import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PermissionsBoundary, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { rehearse } from '../../../rehearsal/rehearse';
import type { RehearsalReport } from '../../../rehearsal/report/model';
import { AlternatingUsersRotation, RotationRules, RotationTarget } from 'cdk-secret-rotation';

/** Aurora in one stack, with a master password that RDS manages; the rotation in another, with a key of its own, under a boundary. */
function synthesize(...allowedByBoundary: readonly string[]): string {
  const app = new App();
  const data = new Stack(app, 'Data');
  const cluster = new DatabaseCluster(data, 'Cluster', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
    vpc: new Vpc(data, 'Vpc', { maxAzs: 2 }),
    writer: ClusterInstance.serverlessV2('Writer'),
    readers: [ClusterInstance.serverlessV2('Reader')],
    manageMasterUserPassword: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const service = new Stack(app, 'Service');
  const boundary = new ManagedPolicy(service, 'Boundary', { statements: [new PolicyStatement({ actions: [...allowedByBoundary], resources: ['*'] })] });
  PermissionsBoundary.of(service).apply(boundary);
  new AlternatingUsersRotation(service, 'AppUser', {
    target: RotationTarget.fromDatabaseCluster(cluster),
    username: 'app',
    encryptionKey: new Key(service, 'Key'),
    verifyEndpoints: [cluster.clusterReadEndpoint],
    rotationRules: RotationRules.rate(Duration.days(30)),
  });
  return app.synth().directory;
}

async function rehearseUnder(...allowedByBoundary: readonly string[]): Promise<RehearsalReport> {
  return rehearse({ assembly: synthesize(...allowedByBoundary), rotations: 2, intervalMs: 1_000 });
}

test('across stacks, with a managed master, a key, a boundary and a reader, every rotation holds', async () => {
  const report = await rehearseUnder('secretsmanager:*', 'kms:*');
  expect(report.skipped).toEqual([]);
  expect(report.rotations).toMatchObject([{
    constructPath: 'Service/AppUser',
    strategy: 'alternating-users',
    templateRuntime: 'nodejs24.x',
    failures: [],
    iam: { denied: [], unusedGrants: [], unknown: [] },
  }]);
  expect(report.held).toBe(true);
});

test('fails where the boundary forbids the key, and says so', async () => {
  const report = await rehearseUnder('secretsmanager:*');
  expect(report.held).toBe(false);
  expect(report.rotations[0]?.iam.denied).toEqual(expect.arrayContaining([expect.stringMatching(/^kms:\w+ on arn:aws:kms:\S+: no permissions boundary allows/)]));
});
