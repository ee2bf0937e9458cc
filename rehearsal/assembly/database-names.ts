import { partitionOf } from './aws-environment';
import { madeUp, madeUpOfEnvironment } from './physical-names';
import type { Resolver } from './resolver';
import { Resource, resourceKey } from './template';

const POSTGRES_PORT = '5432';

/** RDS keeps identifiers in lower case. */
export function databaseIdentifier(resolver: Resolver, resource: Resource): string {
  const property = resource.type === 'AWS::RDS::DBCluster' ? 'DBClusterIdentifier' : 'DBInstanceIdentifier';
  const given = resolver.optionalString(resource, property);
  return (given ?? `${resource.stack.name}-${resource.logicalId}-${madeUp(resource).slice(0, 12)}`).toLowerCase().slice(0, 63);
}

export function instanceEndpoint(resolver: Resolver, resource: Resource): string {
  return endpoint(resolver, resource, '');
}

export function clusterEndpoint(resolver: Resolver, resource: Resource): string {
  return endpoint(resolver, resource, 'cluster-');
}

export function clusterReaderEndpoint(resolver: Resolver, resource: Resource): string {
  return endpoint(resolver, resource, 'cluster-ro-');
}

/** An instance of a cluster listens where the cluster does. */
export function databasePort(resolver: Resolver, resource: Resource): string {
  const own = resolver.optionalString(resource, 'Port');
  const cluster = own === undefined ? clusterOf(resolver, resource) : undefined;
  return own ?? (cluster === undefined ? POSTGRES_PORT : databasePort(resolver, cluster));
}

/** The cluster that an instance is a member of. */
export function clusterOf(resolver: Resolver, instance: Resource): Resource | undefined {
  const identifier = instance.type === 'AWS::RDS::DBInstance' ? resolver.optionalString(instance, 'DBClusterIdentifier') : undefined;
  if (identifier === undefined) return undefined;
  return resolver.resourcesOf('AWS::RDS::DBCluster').find(cluster => databaseIdentifier(resolver, cluster) === identifier);
}

/** The secret that RDS makes for a database is no resource of the template. */
export function managedSecretKey(database: Resource): string {
  return `${resourceKey(database.stack, database.logicalId)}/MasterUserSecret`;
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html */
function endpoint(resolver: Resolver, resource: Resource, prefix: string): string {
  const { urlSuffix } = partitionOf(resource.stack.region);
  const zone = urlSuffix === 'amazonaws.com.cn' ? `rds.${resource.stack.region}` : `${resource.stack.region}.rds`;
  return `${databaseIdentifier(resolver, resource)}.${prefix}${madeUpOfEnvironment(resource.stack)}.${zone}.${urlSuffix}`;
}
