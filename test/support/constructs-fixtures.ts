import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceClass, InstanceSize, InstanceType, IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AuroraPostgresEngineVersion, ClusterInstance, Credentials, DatabaseCluster, DatabaseClusterEngine, DatabaseInstance, DatabaseInstanceEngine, DatabaseInstanceProps, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { RotationTarget } from 'cdk-secret-rotation';

export const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
export const AURORA = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 });

export { CERTIFICATE, EXPIRED_CERTIFICATE } from './constructs-certificates';

export function newStack(props?: StackProps, app: App = new App()): Stack {
  return new Stack(app, 'Stack', props);
}

export function newVpc(scope: Construct): IVpc {
  return new Vpc(scope, 'Vpc', { maxAzs: 2 });
}

export function newDatabase(scope: Construct, props: Partial<DatabaseInstanceProps> = {}): DatabaseInstance {
  return new DatabaseInstance(scope, 'Database', {
    engine: POSTGRES,
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
    vpc: props.vpc ?? newVpc(scope),
    credentials: Credentials.fromGeneratedSecret('postgres'),
    ...props,
  });
}

export function newCluster(scope: Construct): DatabaseCluster {
  return new DatabaseCluster(scope, 'Cluster', {
    engine: AURORA,
    vpc: newVpc(scope),
    writer: ClusterInstance.serverlessV2('writer'),
    readers: [ClusterInstance.serverlessV2('reader', { scaleWithWriter: true })],
  });
}

/** A server on the internet: no VPC, and a superuser secret. */
export function publicTarget(scope: Construct): RotationTarget {
  return RotationTarget.postgres({ host: 'db.example.com', secret: superuserSecret(scope) });
}

export function superuserSecret(scope: Construct, id = 'Superuser'): ISecret {
  return new Secret(scope, id);
}

/** What `ROTATION_CONFIG` tells the only function of a stack; tokens stay as CloudFormation functions. */
export function configOf(template: Template, functionLogicalId?: string): Record<string, unknown> {
  const functions = template.findResources('AWS::Lambda::Function');
  const found = functionLogicalId ? functions[functionLogicalId] : Object.values(functions)[0];
  const value: unknown = found?.Properties.Environment.Variables.ROTATION_CONFIG;
  return JSON.parse(typeof value === 'string' ? value : joined(value)) as Record<string, unknown>;
}

/** Writes each function of a join as JSON; within a JSON string, as a part of that string. */
function joined(value: unknown): string {
  const [, parts] = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.reduce<string>((text, part) => {
    if (typeof part === 'string') return text + part;
    const json = JSON.stringify(part);
    return text + (isInString(text) ? JSON.stringify(json).slice(1, -1) : json);
  }, '');
}

function isInString(text: string): boolean {
  return (text.replace(/\\./g, '').match(/"/g) ?? []).length % 2 === 1;
}

export function typesOf(template: Template, prefix: string): string[] {
  const resources = template.toJSON().Resources as Record<string, { readonly Type: string }>;
  return Object.entries(resources).filter(([id]) => id.startsWith(prefix)).map(([, { Type }]) => Type).sort();
}

/** The warnings of a stack, by id. */
export function warningIds(stack: Stack): string[] {
  return stack.node.findAll().flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => /\[ack: ([^\]]+)\]/.exec(String(data))?.[1] ?? String(data));
}
