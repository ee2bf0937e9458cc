import { referenceTo } from './attributes';
import { holds } from './conditions';
import { DynamicReferences, resolveDynamicReferences } from './dynamic-references';
import { INTRINSICS } from './intrinsics';
import { NO_VALUE } from './no-value';
import { parameterOf } from './parameters';
import { Assembly, isRecord, Resource, Stack, TemplateResource } from './template';
import { ifResolvable, Unresolvable } from './unresolvable';

export interface ResolverProps {
  readonly assembly: Assembly;
  /** ARNs end in random characters of the service's, so they are told: by `resourceKey`. */
  readonly secretArns?: ReadonlyMap<string, string>;
  /** @default - dynamic references are unresolvable */
  readonly dynamicReferences?: DynamicReferences;
}

/**
 * Works out the values of templates as CloudFormation would at deployment, with made-up names where it would make
 * some up. What it does not know it throws as `Unresolvable`, never guesses.
 */
export class Resolver {
  readonly assembly: Assembly;
  readonly secretArns: ReadonlyMap<string, string>;
  private readonly dynamicReferences: DynamicReferences;
  private readonly inProgress: string[] = [];

  constructor(props: ResolverProps) {
    this.assembly = props.assembly;
    this.secretArns = props.secretArns ?? new Map();
    this.dynamicReferences = props.dynamicReferences ?? (() => {
      throw new Unresolvable('a dynamic reference cannot be resolved here');
    });
  }

  /** The value with every intrinsic function worked out; members and items that are `AWS::NoValue` are left out. */
  resolve(value: unknown, stack: Stack): unknown {
    if (typeof value === 'string') return resolveDynamicReferences(value, stack, this.dynamicReferences);
    if (Array.isArray(value)) return value.map(item => this.resolve(item, stack)).filter(item => item !== NO_VALUE);
    if (!isRecord(value)) return value;
    const [name, ...others] = Object.keys(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.call(name, value[name], stack);
    }
    const members = Object.entries(value).map(([key, member]) => [key, this.resolve(member, stack)] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
  }

  string(value: unknown, stack: Stack): string {
    const resolved = this.resolve(value, stack);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new Unresolvable(`a text is needed where ${JSON.stringify(value)} stands in stack ${stack.name}`);
  }

  /** A property of a resource as a text; undefined when absent or `AWS::NoValue`. */
  optionalString(resource: Resource, property: string): string | undefined {
    const value = this.property(resource, property);
    return value === undefined ? undefined : this.string(value, resource.stack);
  }

  property(resource: Resource, property: string): unknown {
    const value = this.resolve(resource.properties[property], resource.stack);
    return value === NO_VALUE ? undefined : value;
  }

  resource(stack: Stack, logicalId: string): Resource {
    const found = stack.template.Resources?.[logicalId];
    if (found === undefined) throw new Unresolvable(`stack ${stack.name} has no resource, parameter or pseudo parameter ${logicalId}`);
    if (found.Condition !== undefined && !holds(this, { Condition: found.Condition }, stack)) {
      throw new Unresolvable(`${logicalId} of stack ${stack.name} is not created: its condition ${found.Condition} is false`);
    }
    return describe(stack, logicalId, found);
  }

  /** The resources of these types in all stacks, less those whose condition is false or undecided. */
  resourcesOf(...types: readonly string[]): Resource[] {
    return this.assembly.stacks.flatMap(stack => Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type }]) => types.includes(Type))
      .flatMap(([logicalId]) => ifResolvable(() => this.resource(stack, logicalId)) ?? []));
  }

  /** The resources of these types of which cannot be said whether they are created. */
  undecided(...types: readonly string[]): { readonly resource: Resource; readonly reason: string }[] {
    const isUndecided = (Condition: string, stack: Stack): boolean => ifResolvable(() => holds(this, { Condition }, stack)) === undefined;
    return this.assembly.stacks.flatMap(stack => Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type, Condition }]) => types.includes(Type) && Condition !== undefined && isUndecided(Condition, stack))
      .map(([logicalId, found]) => ({ resource: describe(stack, logicalId, found), reason: `its condition ${found.Condition} cannot be decided` })));
  }

  ref(logicalId: string, stack: Stack): unknown {
    const parameter = parameterOf(this, stack, logicalId);
    return parameter === undefined ? referenceTo(this, this.resource(stack, logicalId)) : parameter.value;
  }

  /** Runs `work` unless it is what is being done already: a reference that ends in itself. */
  guarded<T>(what: string, work: () => T): T {
    if (this.inProgress.includes(what)) throw new Unresolvable(`a cyclic reference: ${[...this.inProgress, what].join(' -> ')}`);
    this.inProgress.push(what);
    try {
      return work();
    } finally {
      this.inProgress.pop();
    }
  }

  private call(name: string, argument: unknown, stack: Stack): unknown {
    const intrinsic = INTRINSICS[name];
    if (intrinsic === undefined) throw new Unresolvable(`the rehearsal does not know the intrinsic function ${name} (stack ${stack.name})`);
    const value = intrinsic(this, argument, stack);
    return typeof value === 'string' ? resolveDynamicReferences(value, stack, this.dynamicReferences) : value;
  }
}

function describe(stack: Stack, logicalId: string, { Type, Properties, Metadata }: TemplateResource): Resource {
  return { stack, logicalId, type: Type, properties: Properties ?? {}, metadata: Metadata ?? {} };
}
