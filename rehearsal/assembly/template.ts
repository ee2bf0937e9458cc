/** The parts of a CloudFormation template that the rehearsal reads. Values may still hold intrinsic functions. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** A stack of the assembly, or a nested stack of one. */
export interface Stack {
  /** The stack's name in CloudFormation. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** The directory of the cloud assembly that holds the template. */
  readonly directory: string;
  /** Paths of the asset directories and files, absolute, by the hash that names them in S3. */
  readonly assets: ReadonlyMap<string, string>;
  /** Construct paths by logical id, as far as the assembly's metadata knows them. */
  readonly constructPaths: ReadonlyMap<string, string>;
  /** A nested stack's parameters are its parent's to give. */
  readonly parent?: ParentOfStack;
}

export interface ParentOfStack {
  readonly stack: Stack;
  readonly logicalId: string;
}

export interface Assembly {
  readonly directory: string;
  readonly stacks: readonly Stack[];
}

/** A resource of a template together with the stack that resolves its intrinsic functions. */
export interface Resource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function resourceKey(stack: Stack, logicalId: string): string {
  return `${stack.name}/${stack.account}/${stack.region}/${logicalId}`;
}

export function constructPathOf(resource: Resource): string {
  const path = resource.metadata['aws:cdk:path'] ?? resource.stack.constructPaths.get(resource.logicalId);
  return typeof path === 'string' ? path.replace(/^\//, '').replace(/\/Resource$/, '') : `${resource.stack.name}/${resource.logicalId}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** CloudFormation takes a single value where a list is meant, and so do policies. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
