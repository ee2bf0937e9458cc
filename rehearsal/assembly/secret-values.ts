import { databaseIdentifier } from './database-names';
import { DatabaseDefinition, findDatabases, masterUsername, sameResource } from './databases';
import { SecretReference } from './dynamic-references';
import { generateSecretString } from './generate-secret-string';
import { Resolver } from './resolver';
import { SecretDefinition } from './secrets';
import { Assembly, constructPathOf, isRecord, Resource } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';

const ATTACHMENT = 'AWS::SecretsManager::SecretTargetAttachment';

/** RDS excludes what a connection string could not hold. */
const MANAGED_PASSWORD = { PasswordLength: 32, ExcludeCharacters: '/@"\'\\ ' };

/** The first values of the assembly's secrets, as CloudFormation and RDS would make them; each is made once. */
export class SecretValues {
  readonly resolver: Resolver;
  private readonly made = new Map<string, string | undefined>();

  constructor(assembly: Assembly, secretArns: ReadonlyMap<string, string>, private readonly secrets: readonly SecretDefinition[]) {
    this.resolver = new Resolver({ assembly, secretArns, dynamicReferences: reference => this.lookUp(reference) });
  }

  /** The definition of a secret by its ARN, complete or without the last characters, or by its name. */
  definition(secretId: string): SecretDefinition | undefined {
    return this.secrets.find(({ key, name }) => {
      const arn = this.arnOf(key);
      return secretId === name || secretId === arn || secretId === arn?.slice(0, -7) || secretId === `${arn?.slice(0, -7)}-??????`;
    });
  }

  arnOf(key: string): string | undefined {
    return this.resolver.secretArns.get(key);
  }

  /** Undefined for a secret that is created without a value. */
  valueOf(secret: SecretDefinition): string | undefined {
    if (!this.made.has(secret.key)) {
      this.made.set(secret.key, this.resolver.guarded(`value of ${secret.constructPath}`, () => this.make(secret)));
    }
    return this.made.get(secret.key);
  }

  private make(secret: SecretDefinition): string | undefined {
    if (secret.managedByRds) return this.managed(secret);
    const given = this.resolver.optionalString(secret.resource, 'SecretString');
    const rules = this.resolver.property(secret.resource, 'GenerateSecretString');
    const value = given ?? (isRecord(rules) ? generateSecretString(rules) : undefined);
    const attached = this.attachedDatabase(secret);
    return attached === undefined ? value : this.withConnection(value, attached);
  }

  private managed({ resource }: SecretDefinition): string {
    const database = findDatabases(this.resolver).find(found => sameResource(found.resource, resource));
    if (database === undefined) throw new Unresolvable(`the database ${resource.logicalId} of stack ${resource.stack.name} cannot be worked out`);
    return JSON.stringify({ username: masterUsername(this.resolver, database), password: generateSecretString(MANAGED_PASSWORD) });
  }

  /** The database that an `AWS::SecretsManager::SecretTargetAttachment` ties this secret to. */
  attachedDatabase(secret: SecretDefinition): DatabaseDefinition | undefined {
    const undecided = this.resolver.undecided(ATTACHMENT).find(({ resource }) => this.namesSecret(resource, secret));
    if (undecided !== undefined) throw new Unresolvable(`${constructPathOf(undecided.resource)} may attach the secret to a database: ${undecided.reason}`);
    const attachment = this.resolver.resourcesOf(ATTACHMENT).find(resource => this.namesSecret(resource, secret));
    if (attachment === undefined) return undefined;
    const targetId = this.resolver.optionalString(attachment, 'TargetId');
    const database = findDatabases(this.resolver).find(({ resource }) => databaseIdentifier(this.resolver, resource) === targetId);
    if (database === undefined) throw new Unresolvable(`what ${attachment.logicalId} of stack ${attachment.stack.name} attaches the secret to is no database of the assembly`);
    return database;
  }

  private namesSecret(attachment: Resource, secret: SecretDefinition): boolean {
    return ifResolvable(() => this.resolver.optionalString(attachment, 'SecretId')) === this.arnOf(secret.key);
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html */
  private withConnection(value: string | undefined, { resource, isPostgres, engine, hosts, port, databaseName }: DatabaseDefinition): string {
    const identifier = resource.type === 'AWS::RDS::DBCluster' ? 'dbClusterIdentifier' : 'dbInstanceIdentifier';
    return JSON.stringify({
      ...parseObject(value),
      engine: isPostgres ? 'postgres' : engine.replace(/^aurora-/, ''),
      host: hosts[0],
      port,
      ...databaseName === undefined ? {} : { dbname: databaseName },
      [identifier]: databaseIdentifier(this.resolver, resource),
    });
  }

  private lookUp({ secretId, jsonKey }: SecretReference): string {
    const secret = this.definition(secretId);
    if (secret === undefined) throw new Unresolvable(`the secret ${secretId} of a dynamic reference is not in the assembly`);
    const value = this.valueOf(secret);
    const found = jsonKey === undefined ? value : parseObject(value)[jsonKey];
    if (found === undefined) throw new Unresolvable(`the secret ${secret.constructPath} of a dynamic reference has no ${jsonKey ?? 'value'}`);
    return String(found);
  }
}

export function parseObject(value: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(value ?? '{}');
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
