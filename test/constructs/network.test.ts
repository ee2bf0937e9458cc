import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService, IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { newDatabase, newStack, newVpc, publicTarget, superuserSecret, warningIds } from '../support/constructs-fixtures';
import { RotationTarget, SuperuserRotation, SuperuserRotationProps } from 'cdk-secret-rotation';

const GROUP = 'AWS::EC2::SecurityGroup';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const FUNCTION = 'AWS::Lambda::Function';
const ANYWHERE_443 = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'secret rotation to Secrets Manager' };

function rotationIn(stack: Stack, props: Partial<SuperuserRotationProps> & Pick<SuperuserRotationProps, 'target'>): SuperuserRotation {
  return new SuperuserRotation(stack, 'Rotation', { username: 'app', superuserSecret: superuserSecret(stack), ...props });
}

function endpointIn(stack: Stack, vpc: IVpc, props: { readonly privateDnsEnabled?: boolean } = {}): InterfaceVpcEndpoint {
  return new InterfaceVpcEndpoint(stack, 'Endpoint', { vpc, service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, open: false, ...props });
}

function ownGroup(template: Template): { readonly SecurityGroupEgress: unknown } {
  const [group] = Object.entries(template.findResources(GROUP)).filter(([id]) => id.startsWith('Rotation')).map(([, { Properties }]) => Properties);
  return group as { readonly SecurityGroupEgress: unknown };
}

describe('the function\'s security group', () => {
  test('lets it out to the database and to Secrets Manager, and nowhere else', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(database) });
    const port = stack.resolve(database.instanceEndpoint.port);
    expect(ownGroup(Template.fromStack(stack)).SecurityGroupEgress).toEqual([
      {
        DestinationSecurityGroupId: stack.resolve(database.connections.securityGroups[0]?.securityGroupId),
        IpProtocol: 'tcp',
        FromPort: port,
        ToPort: port,
        Description: 'secret rotation to database',
      },
      ANYWHERE_443,
    ]);
  });

  test('has a description that never changes: another one would replace the group', () => {
    const stack = newStack();
    rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack)) });
    Template.fromStack(stack).hasResourceProperties(GROUP, { GroupDescription: 'Secret rotation: out to the database and to Secrets Manager' });
  });

  test('lets it out to the port of a server whose groups are not known', () => {
    const stack = newStack();
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', port: 6432, vpc: newVpc(stack) }) });
    expect(ownGroup(Template.fromStack(stack)).SecurityGroupEgress).toEqual([
      { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 6432, ToPort: 6432, Description: 'secret rotation to database' },
      ANYWHERE_443,
    ]);
  });

  test('is let in at the database', () => {
    const stack = newStack();
    const database = newDatabase(stack);
    const rotation = rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(database) });
    Template.fromStack(stack).hasResourceProperties(INGRESS, {
      GroupId: stack.resolve(database.connections.securityGroups[0]?.securityGroupId),
      SourceSecurityGroupId: stack.resolve(rotation.connections.securityGroups[0]?.securityGroupId),
      IpProtocol: 'tcp',
      FromPort: stack.resolve(database.instanceEndpoint.port),
    });
  });

  test('may be opened further by the user', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const rotation = rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack, { vpc })) });
    const replica = new SecurityGroup(stack, 'Replica', { vpc });
    rotation.connections.allowTo(replica, Port.tcp(5432));
    Template.fromStack(stack).hasResourceProperties(INGRESS, { GroupId: stack.resolve(replica.securityGroupId) });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupEgress', { DestinationSecurityGroupId: stack.resolve(replica.securityGroupId) });
  });

  test('gives a warning with the rule to add when the database\'s group refuses rules', () => {
    const stack = newStack();
    const refusing = SecurityGroup.fromSecurityGroupId(stack, 'Refusing', 'sg-12345', { mutable: false });
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc: newVpc(stack), securityGroups: [refusing] }) });
    expect(warningIds(stack)).toEqual(['cdk-secret-rotation:security-group-refuses-rules']);
    const [warning] = stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => type === 'aws:cdk:warning');
    expect(warning?.data).toContain('Stack/Refusing refuses rules (secret rotation to database); add to it yourself: ingress, protocol tcp, port 5432, source security group Stack/Rotation/SecurityGroup');
    Template.fromStack(stack).resourceCountIs(INGRESS, 0);
  });
});

describe('given security groups', () => {
  test('are used, let in at the database, and not restricted', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const group = new SecurityGroup(stack, 'Given', { vpc });
    const rotation = rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack, { vpc })), securityGroups: [group] });
    expect(rotation.connections.securityGroups).toEqual([group]);
    const template = Template.fromStack(stack);
    template.resourceCountIs(INGRESS, 1);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    template.resourceCountIs(GROUP, 2);
    expect(warningIds(stack)).toEqual([]);
  });

  test('that let nothing out get the ways that the function needs', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const group = new SecurityGroup(stack, 'Given', { vpc, allowAllOutbound: false });
    rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack, { vpc })), securityGroups: [group] });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    template.hasResourceProperties(GROUP, { SecurityGroupEgress: [ANYWHERE_443] });
  });

  test('of another stack that let nothing out give a warning, and stay as they are', () => {
    const app = new App();
    const network = new Stack(app, 'Network');
    const vpc = newVpc(network);
    const group = new SecurityGroup(network, 'Given', { vpc, allowAllOutbound: false });
    const stack = newStack(undefined, app);
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }), securityGroups: [group] });
    expect(warningIds(stack)).toContain('cdk-secret-rotation:security-group-restricts-egress');
    Template.fromStack(network).hasResourceProperties(GROUP, { SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }] });
    Template.fromStack(network).resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });
});

describe('the endpoint of Secrets Manager', () => {
  test('is opened to the function, which goes nowhere else at port 443, and is waited for', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const endpoint = endpointIn(stack, vpc);
    rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack, { vpc })), endpoint });
    const template = Template.fromStack(stack);
    const endpointGroup = stack.resolve(endpoint.connections.securityGroups[0]?.securityGroupId);
    expect(ownGroup(template).SecurityGroupEgress).toEqual([
      expect.objectContaining({ Description: 'secret rotation to database' }),
      { DestinationSecurityGroupId: endpointGroup, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'secret rotation to Secrets Manager' },
    ]);
    template.hasResourceProperties(INGRESS, { GroupId: endpointGroup, FromPort: 443 });
    template.hasResource('AWS::SecretsManager::RotationSchedule', {
      DependsOn: Match.arrayWith([stack.getLogicalId(endpoint.node.defaultChild as never)]),
    });
  });

  test('is found by the service\'s name with private DNS', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }), endpoint: endpointIn(stack, vpc) });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, { Environment: { Variables: { AWS_ENDPOINT_URL_SECRETS_MANAGER: Match.absent() } } });
  });

  test('is named to the function without private DNS', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const endpoint = endpointIn(stack, vpc, { privateDnsEnabled: false });
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }), endpoint });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Environment: {
        Variables: {
          AWS_ENDPOINT_URL_SECRETS_MANAGER: {
            'Fn::Join': ['', ['https://', {
              'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::Select': [0, { 'Fn::GetAtt': [stack.getLogicalId(endpoint.node.defaultChild as never), 'DnsEntries'] }] }] }],
            }]],
          },
        },
      },
    });
  });

  test('may be imported, with groups that are not known', () => {
    const stack = newStack();
    const endpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Endpoint', { vpcEndpointId: 'vpce-1', port: 443 });
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc: newVpc(stack) }), endpoint });
    expect(ownGroup(Template.fromStack(stack)).SecurityGroupEgress).toEqual([expect.anything(), ANYWHERE_443]);
  });
});

describe('subnets', () => {
  test('are the private ones with egress by default', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }) });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      VpcConfig: { SubnetIds: vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId)) },
    });
    expect(warningIds(stack)).toEqual([]);
  });

  test('that are public are refused, since the function has no public address', () => {
    const stack = newStack();
    const target = RotationTarget.postgres({ host: '10.0.0.5', vpc: newVpc(stack) });
    expect(() => rotationIn(stack, { target, vpcSubnets: { subnetType: SubnetType.PUBLIC } }))
      .toThrow('Stack/Rotation: the function cannot reach Secrets Manager from the public subnet Stack/Vpc/PublicSubnet1');
  });

  test('that are public serve with an endpoint', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }), vpcSubnets: { subnetType: SubnetType.PUBLIC }, endpoint: endpointIn(stack, vpc) });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      VpcConfig: { SubnetIds: vpc.publicSubnets.map(({ subnetId }) => stack.resolve(subnetId)) },
    });
  });

  test('that are isolated give a warning, and none with an endpoint', () => {
    for (const [withEndpoint, warnings] of [['without', ['cdk-secret-rotation:no-route-to-secrets-manager']], ['with', []]] as const) {
      const stack = newStack();
      const vpc = new Vpc(stack, 'Isolated', { maxAzs: 1, natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] });
      const endpoint = withEndpoint === 'with' ? endpointIn(stack, vpc) : undefined;
      rotationIn(stack, { target: RotationTarget.postgres({ host: '10.0.0.5', vpc }), endpoint });
      expect(warningIds(stack)).toEqual(warnings);
    }
  });
});

describe('a VPC', () => {
  test('given to the rotation goes before the target\'s', () => {
    const stack = newStack();
    const own = new Vpc(stack, 'Own', { maxAzs: 1 });
    rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(newDatabase(stack)), vpc: own });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      VpcConfig: { SubnetIds: own.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId)) },
    });
  });

  test('is refused to be missing for a target that has security groups', () => {
    const stack = newStack();
    const imported = DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Imported', {
      instanceIdentifier: 'shop',
      instanceEndpointAddress: 'shop.example.com',
      port: 5432,
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345')],
    });
    expect(() => rotationIn(stack, { target: RotationTarget.fromDatabaseInstance(imported) }))
      .toThrow('the target is in a VPC that is not known here (Stack/Imported); set vpc');
  });

  test('is refused to be missing when subnets, groups or an endpoint are given', () => {
    const stack = newStack();
    expect(() => rotationIn(stack, { target: publicTarget(newStack()), vpcSubnets: {}, securityGroups: [] }))
      .toThrow('vpcSubnets, securityGroups given without a VPC; set vpc');
  });
});
