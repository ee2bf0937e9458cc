import { clusterEndpoint, clusterOf, clusterReaderEndpoint, databasePort, instanceEndpoint } from './database-names';
import type { Resolver } from './resolver';
import { constructPathOf, Resource } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';

/** A database server of the template: an instance, or a cluster with its instances. */
export interface DatabaseDefinition {
  readonly resource: Resource;
  readonly constructPath: string;
  readonly engine: string;
  readonly isPostgres: boolean;
  /** Names under which it is reached, and their port. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly databaseName?: string;
  readonly managesMasterPassword: boolean;
}

/** The databases of the assembly; one that cannot be worked out is left out, and so are what signs in to it. */
export function findDatabases(resolver: Resolver): DatabaseDefinition[] {
  return resolver.resourcesOf('AWS::RDS::DBCluster', 'AWS::RDS::DBInstance')
    .filter(resource => resource.type === 'AWS::RDS::DBCluster' || !isMember(resource))
    .flatMap(resource => ifResolvable(() => defineDatabase(resolver, resource)) ?? []);
}

function defineDatabase(resolver: Resolver, resource: Resource): DatabaseDefinition {
  const isCluster = resource.type === 'AWS::RDS::DBCluster';
  const engine = resolver.optionalString(resource, 'Engine') ?? 'unknown';
  return {
    resource,
    constructPath: constructPathOf(resource),
    engine,
    isPostgres: engine === 'postgres' || engine === 'aurora-postgresql',
    hosts: isCluster ? clusterHosts(resolver, resource) : [instanceEndpoint(resolver, resource)],
    port: Number(databasePort(resolver, resource)),
    databaseName: resolver.optionalString(resource, isCluster ? 'DatabaseName' : 'DBName'),
    managesMasterPassword: resolver.property(resource, 'ManageMasterUserPassword') === true,
  };
}

/** Every endpoint of a cluster is the one server. */
function clusterHosts(resolver: Resolver, cluster: Resource): string[] {
  const members = resolver.resourcesOf('AWS::RDS::DBInstance')
    .filter(instance => isMember(instance) && sameResource(ifResolvable(() => clusterOf(resolver, instance)), cluster));
  return [clusterEndpoint(resolver, cluster), clusterReaderEndpoint(resolver, cluster), ...members.map(member => instanceEndpoint(resolver, member))];
}

/** The master user as the resource names it; the password of one that RDS manages is in the secret that RDS makes. */
export function masterUsername(resolver: Resolver, { resource }: DatabaseDefinition): string {
  const username = resolver.optionalString(resource, 'MasterUsername');
  if (username === undefined) throw new Unresolvable(`${constructPathOf(resource)} names no master user (restored from a snapshot?)`);
  return username;
}

export function masterPassword(resolver: Resolver, { resource }: DatabaseDefinition): string {
  const password = resolver.optionalString(resource, 'MasterUserPassword');
  if (password === undefined) throw new Unresolvable(`${constructPathOf(resource)} has no master password (restored from a snapshot?)`);
  return password;
}

function isMember({ properties }: Resource): boolean {
  return properties.DBClusterIdentifier !== undefined;
}

export function sameResource(one: Resource | undefined, other: Resource | undefined): boolean {
  return one !== undefined && other !== undefined && one.stack === other.stack && one.logicalId === other.logicalId;
}
