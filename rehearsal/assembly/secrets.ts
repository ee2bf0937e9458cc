import { databaseIdentifier, managedSecretKey } from './database-names';
import { findDatabases } from './databases';
import { uuid } from './parameters';
import { madeUp, physicalName } from './physical-names';
import type { Resolver } from './resolver';
import { constructPathOf, Resource, resourceKey } from './template';
import { Unresolvable } from './unresolvable';

/** A secret that CloudFormation, or RDS on its behalf, creates. */
export interface SecretDefinition {
  /** See {@link resourceKey}. */
  readonly key: string;
  readonly resource: Resource;
  readonly constructPath: string;
  readonly name: string;
  readonly kmsKeyId?: string;
  /** RDS makes and rotates it: it holds username and password alone. */
  readonly managedByRds: boolean;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** The secrets of the assembly, and by key why others cannot be made. */
export interface FoundSecrets {
  readonly secrets: readonly SecretDefinition[];
  readonly unresolvable: ReadonlyMap<string, string>;
}

export function findSecrets(resolver: Resolver): FoundSecrets {
  const unresolvable = new Map<string, string>();
  const define = (resource: Resource, key: string, make: () => SecretDefinition): SecretDefinition[] => {
    try {
      return [make()];
    } catch (error: unknown) {
      if (!(error instanceof Unresolvable)) throw error;
      unresolvable.set(key, `${constructPathOf(resource)}: ${error.message}`);
      return [];
    }
  };
  const own = resolver.resourcesOf('AWS::SecretsManager::Secret').flatMap((resource) => {
    const key = resourceKey(resource.stack, resource.logicalId);
    return define(resource, key, () => ownSecret(resolver, resource, key));
  });
  const managed = findDatabases(resolver).filter(({ managesMasterPassword }) => managesMasterPassword)
    .flatMap(({ resource }) => define(resource, managedSecretKey(resource), () => managedSecret(resolver, resource)));
  return { secrets: [...own, ...managed], unresolvable };
}

function ownSecret(resolver: Resolver, resource: Resource, key: string): SecretDefinition {
  return {
    key,
    resource,
    constructPath: constructPathOf(resource),
    name: physicalName(resolver, resource, 'Name'),
    kmsKeyId: ownKey(resolver.optionalString(resource, 'KmsKeyId')),
    managedByRds: false,
    tags: tagsOf(resolver, resource),
  };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html */
function managedSecret(resolver: Resolver, resource: Resource): SecretDefinition {
  const secret = resolver.property(resource, 'MasterUserSecret') as { KmsKeyId?: string } | undefined;
  const kind = resource.type === 'AWS::RDS::DBCluster' ? 'cluster' : 'db';
  return {
    key: managedSecretKey(resource),
    resource,
    constructPath: `${constructPathOf(resource)} (its secret managed by RDS)`,
    name: `rds!${kind}-${uuid(`${databaseIdentifier(resolver, resource)}${madeUp(resource)}`)}`,
    kmsKeyId: ownKey(secret?.KmsKeyId),
    managedByRds: true,
    tags: [],
  };
}

function tagsOf(resolver: Resolver, resource: Resource): SecretDefinition['tags'] {
  const tags = resolver.property(resource, 'Tags');
  return Array.isArray(tags) ? tags.map(({ Key, Value }) => ({ Key: String(Key), Value: String(Value) })) : [];
}

/** The key that AWS manages asks for no permission of its own. */
function ownKey(kmsKeyId: string | undefined): string | undefined {
  return kmsKeyId?.endsWith('alias/aws/secretsmanager') === true ? undefined : kmsKeyId;
}
