import { FunctionDefinition, findFunction } from './functions';
import { findRolePolicies, RolePolicies } from './policies';
import { RotationConfigOfFunction, rotationConfigOf } from './rotation-config-of-function';
import type { SecretValues } from './secret-values';
import type { SecretDefinition } from './secrets';
import { constructPathOf, isRecord, Resource } from './template';
import { Unresolvable } from './unresolvable';
import type { SkippedRotation, StrategyName } from '../report/model';

/** A rotation of the assembly that can be rehearsed, as far as the template tells. */
export interface RotationDefinition {
  readonly constructPath: string;
  readonly schedule: Resource;
  readonly secret: SecretDefinition;
  readonly secretArn: string;
  /** As the schedule names it: also a version or an alias. */
  readonly functionArn: string;
  readonly function: FunctionDefinition;
  readonly role: RolePolicies;
  readonly rotateImmediately: boolean;
  readonly strategy: StrategyName;
  /** Of functions that this library made. */
  readonly config?: RotationConfigOfFunction;
}

export interface FoundRotations {
  readonly rotations: readonly RotationDefinition[];
  readonly skipped: readonly SkippedRotation[];
}

/** Every `AWS::SecretsManager::RotationSchedule` of the assembly: to be rehearsed, or skipped with the reason. */
export function findRotations(values: SecretValues, unresolvableSecrets: ReadonlyMap<string, string>): FoundRotations {
  const rotations: RotationDefinition[] = [];
  const skipped: SkippedRotation[] = [];
  for (const schedule of values.resolver.resourcesOf('AWS::SecretsManager::RotationSchedule')) {
    try {
      rotations.push(defineRotation(values, schedule));
    } catch (error: unknown) {
      if (!(error instanceof Unresolvable)) throw error;
      skipped.push({ constructPath: constructPathOf(schedule), reason: withCause(error.message, unresolvableSecrets) });
    }
  }
  return { rotations, skipped: [...skipped, ...undecided(values)] };
}

function undecided({ resolver }: SecretValues): SkippedRotation[] {
  return resolver.undecided('AWS::SecretsManager::RotationSchedule').map(({ resource, reason }) => ({ constructPath: constructPathOf(resource), reason }));
}

function defineRotation(values: SecretValues, schedule: Resource): RotationDefinition {
  refuseForeignKinds(schedule);
  const { resolver } = values;
  const functionArn = resolver.string(schedule.properties.RotationLambdaARN, schedule.stack);
  const secretId = resolver.string(schedule.properties.SecretId, schedule.stack);
  const definition = findFunction(resolver, functionArn);
  const secret = findSecret(values, secretId);
  const config = rotationConfigOf(definition);
  return {
    constructPath: constructPathOf(schedule),
    schedule,
    secret,
    secretArn: values.arnOf(secret.key) ?? secretId,
    functionArn,
    function: definition,
    role: findRolePolicies(resolver, definition.roleArn),
    rotateImmediately: String(resolver.property(schedule, 'RotateImmediatelyOnUpdate') ?? true) === 'true',
    strategy: strategyOf(config),
    config,
  };
}

/** Functions that are AWS's own are not in the assembly. */
function refuseForeignKinds({ properties, stack }: Resource): void {
  const { HostedRotationLambda, ExternalSecretRotationRoleArn, RotationLambdaARN } = properties;
  if (HostedRotationLambda !== undefined) throw new Unresolvable('a hosted rotation: AWS makes its function at deployment');
  if (ExternalSecretRotationRoleArn !== undefined) throw new Unresolvable('a managed external secret: its partner rotates it');
  if (RotationLambdaARN === undefined) throw new Unresolvable('its schedule names no function');
  const [logicalId] = isRecord(RotationLambdaARN) && Array.isArray(RotationLambdaARN['Fn::GetAtt']) ? RotationLambdaARN['Fn::GetAtt'] as unknown[] : [];
  if (stack.template.Resources?.[String(logicalId)]?.Type === 'AWS::Serverless::Application') {
    throw new Unresolvable('its function is a serverless application of AWS\'s, which the assembly does not hold');
  }
}

export function findSecret(values: SecretValues, secretId: string): SecretDefinition {
  const secret = values.definition(secretId);
  if (secret !== undefined) return secret;
  throw new Unresolvable(`the secret ${secretId} is imported: nobody but its owner knows its value. Rehearse an app that creates the secret in the same assembly`);
}

function strategyOf(config: RotationConfigOfFunction | undefined): StrategyName {
  if (config === undefined) return 'unknown';
  if (config.service !== undefined && !isOfUsers(config)) return 'multi-credential';
  if (config.alternateUsername !== undefined) return 'alternating-users';
  return config.superuserSecretArn === undefined ? 'single-user' : 'superuser';
}

/** A service of one's own has users where its target has a host; else the service itself knows where it is. */
function isOfUsers({ service, host }: RotationConfigOfFunction): boolean {
  return service === 'custom' && typeof host === 'string';
}

/** A secret without an ARN has a reason of its own. */
function withCause(reason: string, unresolvableSecrets: ReadonlyMap<string, string>): string {
  const causes = [...unresolvableSecrets].filter(([key]) => reason.includes(` ${key.split('/').at(-1)} `)).map(([, cause]) => cause);
  return [reason, ...causes].join('; ');
}
