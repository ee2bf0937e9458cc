import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnvironment } from './aws-environment';
import { Assembly, isRecord, Stack, Template, TemplateResource } from './template';
import { Unresolvable } from './unresolvable';

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly metadata?: ArtifactMetadata;
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source?: { readonly path?: string } }>>;
}

type ArtifactMetadata = Readonly<Record<string, readonly { readonly type: string; readonly data?: unknown }[]>>;

/** Reads a cloud assembly (`cdk.out`): its stacks, their nested stacks, and those of its stages. */
export function readAssembly(directory: string): Assembly {
  const root = resolve(directory);
  if (!existsSync(join(root, 'manifest.json'))) {
    throw new Unresolvable(`${root} is not a cloud assembly: it has no manifest.json. Synthesize the app first, e.g. with \`npx cdk synth\``);
  }
  return { directory: root, stacks: readStacks(root) };
}

function readStacks(directory: string): Stack[] {
  const artifacts = Object.entries(readJson<Manifest>(join(directory, 'manifest.json')).artifacts ?? {});
  const assets = readAssets(directory, artifacts.map(([, artifact]) => artifact));
  const stacks = inOrderOfDeployment(artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack'))
    .flatMap(([id, artifact]) => withNestedStacks(readStack(directory, id, artifact, assets)));
  const stages = artifacts.filter(([, { type }]) => type === 'cdk:cloud-assembly')
    .flatMap(([, artifact]) => readStacks(join(directory, String(artifact.properties?.directoryName))));
  return [...stacks, ...stages];
}

function readStack(directory: string, id: string, artifact: Artifact, assets: ReadonlyMap<string, string>): Stack {
  return {
    name: String(artifact.properties?.stackName ?? id),
    ...parseEnvironment(artifact.environment),
    template: readJson<Template>(join(directory, String(artifact.properties?.templateFile))),
    directory,
    assets,
    constructPaths: constructPaths(readMetadata(directory, artifact)),
  };
}

/** CDK may keep an artifact's metadata in a file of its own. */
function readMetadata(directory: string, artifact: Artifact): ArtifactMetadata {
  const file = isRecord(artifact) && typeof artifact.additionalMetadataFile === 'string' ? artifact.additionalMetadataFile : undefined;
  const additional = file === undefined ? {} : readJson<ArtifactMetadata>(join(directory, file));
  return { ...artifact.metadata, ...additional };
}

function constructPaths(metadata: ArtifactMetadata): ReadonlyMap<string, string> {
  return new Map(Object.entries(metadata).flatMap(([path, entries]) => entries
    .filter(({ type, data }) => type === 'aws:cdk:logicalId' && typeof data === 'string')
    .map(({ data }) => [String(data), path] as const)));
}

/** The template of a nested stack is an asset that `AWS::CloudFormation::Stack` names. */
function withNestedStacks(stack: Stack): Stack[] {
  const nested = Object.entries(stack.template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const file = nestedTemplateFile(stack, resource);
    if (file === undefined) return [];
    return withNestedStacks({ ...stack, name: `${stack.name}-${logicalId}`, template: readJson<Template>(file), parent: { stack, logicalId } });
  });
  return [stack, ...nested];
}

/** By the metadata that the CDK's command asks for, or by the asset's hash in the URL. */
function nestedTemplateFile(stack: Stack, { Type, Metadata, Properties }: TemplateResource): string | undefined {
  if (Type !== 'AWS::CloudFormation::Stack') return undefined;
  const path = Metadata?.['aws:asset:path'];
  if (typeof path === 'string') return resolve(stack.directory, path);
  const hash = /([0-9a-f]{32,64})\.json/.exec(JSON.stringify(Properties?.TemplateURL ?? ''))?.[1];
  return hash === undefined ? undefined : stack.assets.get(hash);
}

/** From the hash that names a file asset in S3 to its source in the assembly, by way of the asset manifests. */
function readAssets(directory: string, artifacts: readonly Artifact[]): ReadonlyMap<string, string> {
  const files = artifacts.filter(({ type }) => type === 'cdk:asset-manifest')
    .map(artifact => readJson<AssetManifest>(join(directory, String(artifact.properties?.file))).files ?? {});
  return new Map(files.flatMap(Object.entries).flatMap(([hash, { source }]) =>
    source?.path === undefined ? [] : [[hash, resolve(directory, source.path)] as const]));
}

function inOrderOfDeployment(stacks: readonly (readonly [string, Artifact])[]): (readonly [string, Artifact])[] {
  const ordered = new Map<string, Artifact>();
  const visit = ([id, artifact]: readonly [string, Artifact], above: readonly string[]): void => {
    if (ordered.has(id) || above.includes(id)) return;
    stacks.filter(([other]) => artifact.dependencies?.includes(other)).forEach(entry => visit(entry, [...above, id]));
    ordered.set(id, artifact);
  };
  stacks.forEach(entry => visit(entry, []));
  return [...ordered];
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error: unknown) {
    throw new Unresolvable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
