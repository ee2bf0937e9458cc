import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { arnOf } from './attributes';
import type { Resolver } from './resolver';
import { asList, constructPathOf, isRecord, Resource } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';
import type { FunctionCode } from '../lambda/asset-copy';

/** A function as its template defines it. */
export interface FunctionDefinition {
  readonly resource: Resource;
  readonly constructPath: string;
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly runtime: string;
  readonly handler: string;
  readonly code: FunctionCode;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** The function that an ARN means, also one of its versions or aliases. */
export function findFunction(resolver: Resolver, functionArn: string): FunctionDefinition {
  const unqualified = functionArn.split(':').slice(0, 7).join(':');
  const resource = resolver.resourcesOf('AWS::Lambda::Function').find(candidate => ifResolvable(() => arnOf(resolver, candidate)) === unqualified);
  if (resource === undefined) throw new Unresolvable(`its function ${functionArn} is imported: its code is not in the assembly`);
  return defineFunction(resolver, resource);
}

function defineFunction(resolver: Resolver, resource: Resource): FunctionDefinition {
  const runtime = resolver.optionalString(resource, 'Runtime') ?? 'none: a container image';
  if (!runtime.startsWith('nodejs')) throw new Unresolvable(`the runtime of its function ${constructPathOf(resource)} is ${runtime}; the rehearsal runs Node.js alone`);
  if (asList(resource.properties.Layers).length > 0) throw new Unresolvable(`its function ${constructPathOf(resource)} uses layers, which the rehearsal does not run`);
  return {
    resource,
    constructPath: constructPathOf(resource),
    name: resolver.string({ Ref: resource.logicalId }, resource.stack),
    arn: String(arnOf(resolver, resource)),
    region: resource.stack.region,
    runtime,
    handler: resolver.string(resource.properties.Handler, resource.stack),
    code: findCode(resolver, resource),
    environment: environmentOf(resolver, resource),
    timeoutSeconds: Number(resolver.optionalString(resource, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS),
    memoryMb: Number(resolver.optionalString(resource, 'MemorySize') ?? DEFAULT_MEMORY_MB),
    roleArn: resolver.string(resource.properties.Role, resource.stack),
  };
}

function findCode(resolver: Resolver, resource: Resource): FunctionCode {
  const code = isRecord(resource.properties.Code) ? resource.properties.Code : {};
  if (code.ZipFile !== undefined) return { inline: resolver.string(code.ZipFile, resource.stack) };
  const directory = assetOfMetadata(resource) ?? assetOfKey(resolver, resource, code.S3Key);
  if (directory === undefined) throw new Unresolvable(`the code of its function ${constructPathOf(resource)} is not in the assembly`);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Unresolvable(`the code of its function ${constructPathOf(resource)} is no directory of the assembly (${directory})`);
  }
  return { directory };
}

/** Written where the app is synthesized by the CDK's command. */
function assetOfMetadata({ stack, metadata }: Resource): string | undefined {
  const path = metadata['aws:asset:path'];
  if (typeof path !== 'string') return undefined;
  return isAbsolute(path) ? path : join(stack.directory, path);
}

/** The key in S3 is the asset's hash with an extension. */
function assetOfKey(resolver: Resolver, { stack }: Resource, key: unknown): string | undefined {
  if (key === undefined) return undefined;
  const hash = /([0-9a-f]{32,64})\.\w+$/.exec(resolver.string(key, stack))?.[1];
  return hash === undefined ? undefined : stack.assets.get(hash);
}

function environmentOf(resolver: Resolver, resource: Resource): Readonly<Record<string, string>> {
  const environment = resolver.property(resource, 'Environment');
  const variables = isRecord(environment) && isRecord(environment.Variables) ? environment.Variables : {};
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, resolver.string(value, resource.stack)]));
}
