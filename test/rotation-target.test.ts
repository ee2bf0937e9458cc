import { Template } from 'aws-cdk-lib/assertions';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AuroraMysqlEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine, DatabaseInstance, DatabaseInstanceEngine, DatabaseInstanceReadReplica, MysqlEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { configOf, newCluster, newDatabase, newStack, newVpc, superuserSecret } from './support/constructs-fixtures';
import { AlternatingUsersRotation, RotationTarget, SuperuserRotation } from 'cdk-secret-rotation';

describe('RotationTarget.fromDatabaseInstance', () => {
  test('takes endpoint, VPC and secret from the instance, and the database postgres', () => {
    const stack = newStack();
    const rotation = new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(newDatabase(stack)), username: 'app' });
    const template = Template.fromStack(stack);
    expect(configOf(template)).toMatchObject({
      host: JSON.stringify({ 'Fn::GetAtt': ['DatabaseB269D8BB', 'Endpoint.Address'] }),
      port: { 'Fn::GetAtt': ['DatabaseB269D8BB', 'Endpoint.Port'] },
      databaseName: 'postgres',
      superuserSecretArn: JSON.stringify({ Ref: 'DatabaseSecretAttachmentE5D1B020' }),
    });
    expect(stack.resolve(rotation.superuserSecret?.secretArn)).toEqual({ Ref: 'DatabaseSecretAttachmentE5D1B020' });
    template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: {} });
  });

  test('takes database name and secret from its options', () => {
    const stack = newStack();
    const secret = superuserSecret(stack);
    const target = RotationTarget.fromDatabaseInstance(newDatabase(stack), { databaseName: 'shop', secret });
    const rotation = new SuperuserRotation(stack, 'Rotation', { target, username: 'app' });
    expect(rotation.superuserSecret).toBe(secret);
    expect(configOf(Template.fromStack(stack))).toMatchObject({ databaseName: 'shop' });
  });

  test('takes an imported instance, whose engine is not known', () => {
    const stack = newStack();
    const instance = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.cluster.example.com',
      port: 5433,
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345')],
    });
    new SuperuserRotation(stack, 'Rotation', {
      target: RotationTarget.fromDatabaseInstance(instance),
      username: 'app',
      superuserSecret: superuserSecret(stack),
      vpc: newVpc(stack),
    });
    expect(configOf(Template.fromStack(stack))).toMatchObject({ host: 'shop.cluster.example.com', port: 5433 });
  });

  test('refuses an instance of another engine', () => {
    const stack = newStack();
    const mysql = newDatabase(stack, { engine: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 }) });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(mysql), username: 'app' }))
      .toThrow('Stack/Rotation: Stack/Database runs mysql, the rotation speaks PostgreSQL');
  });

  test('refuses a read replica, where no password can be changed', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const replica = new DatabaseInstanceReadReplica(stack, 'Replica', {
      sourceDatabaseInstance: newDatabase(stack, { vpc }),
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
      vpc,
    });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseInstance(replica), username: 'app' }))
      .toThrow('use its source instance as target');
  });
});

describe('RotationTarget.fromDatabaseCluster', () => {
  test('takes the writer endpoint', () => {
    const stack = newStack();
    new AlternatingUsersRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseCluster(newCluster(stack)), username: 'app' });
    const config = configOf(Template.fromStack(stack));
    expect(config.host).toBe(JSON.stringify({ 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Address'] }));
    expect(config).not.toHaveProperty('verifyEndpoints');
  });

  test('has the reader endpoint verified on request', () => {
    const stack = newStack();
    const target = RotationTarget.fromDatabaseCluster(newCluster(stack), { readers: true });
    new AlternatingUsersRotation(stack, 'Rotation', { target, username: 'app' });
    expect(configOf(Template.fromStack(stack)).verifyEndpoints)
      .toEqual([{ host: JSON.stringify({ 'Fn::GetAtt': ['ClusterEB0386A7', 'ReadEndpoint.Address'] }), port: { 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Port'] } }]);
  });

  test('refuses a cluster that was imported without its endpoint', () => {
    const stack = newStack();
    const cluster = DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', { clusterIdentifier: 'shop' });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseCluster(cluster), username: 'app' }))
      .toThrow('Stack/Rotation: Stack/Imported was imported without clusterEndpoint; import it with its endpoint addresses and port');
  });

  test('refuses a cluster of another engine', () => {
    const stack = newStack();
    const cluster = new DatabaseCluster(stack, 'Cluster', {
      engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 }),
      vpc: newVpc(stack),
      writer: ClusterInstance.serverlessV2('writer'),
    });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target: RotationTarget.fromDatabaseCluster(cluster), username: 'app' }))
      .toThrow('Stack/Cluster runs aurora-mysql');
  });
});

describe('RotationTarget.postgres', () => {
  test('has port 5432 and the database postgres by default, and needs no VPC', () => {
    const stack = newStack();
    const target = RotationTarget.postgres({ host: 'db.example.com' });
    new SuperuserRotation(stack, 'Rotation', { target, username: 'app', superuserSecret: superuserSecret(stack) });
    const template = Template.fromStack(stack);
    expect(configOf(template)).toMatchObject({ host: 'db.example.com', port: 5432, databaseName: 'postgres' });
    expect(template.findResources('AWS::EC2::SecurityGroup')).toEqual({});
  });

  test('takes what is given', () => {
    const stack = newStack();
    const secret = superuserSecret(stack);
    const target = RotationTarget.postgres({ host: 'db.example.com', port: 6432, databaseName: 'shop', vpc: newVpc(stack), secret });
    const rotation = new SuperuserRotation(stack, 'Rotation', { target, username: 'app' });
    expect(rotation.superuserSecret).toBe(secret);
    expect(configOf(Template.fromStack(stack))).toMatchObject({ port: 6432, databaseName: 'shop' });
  });

  test.each(['10.1.2.3', '172.16.0.1', '172.31.255.1', '192.168.1.1', 'fd12:3456::1'])('refuses the private address %s without a VPC', (host) => {
    const stack = newStack();
    const target = RotationTarget.postgres({ host });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target, username: 'app', superuserSecret: superuserSecret(stack) }))
      .toThrow(`the target is in a VPC that is not known here (${host}); set vpc`);
  });

  test('refuses a database name that PostgreSQL would cut off', () => {
    const stack = newStack();
    const target = RotationTarget.postgres({ host: 'db.example.com', databaseName: 'd'.repeat(64), secret: Secret.fromSecretNameV2(stack, 'Admin', 'admin') });
    expect(() => new SuperuserRotation(stack, 'Rotation', { target, username: 'app' }))
      .toThrow('databaseName must be at most 63 bytes, got 64');
  });
});
