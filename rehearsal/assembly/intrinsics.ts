import { attributeOf } from './attributes';
import { holds } from './conditions';
import type { Resolver } from './resolver';
import { isRecord, Stack } from './template';
import { Unresolvable } from './unresolvable';


type Intrinsic = (resolver: Resolver, argument: unknown, stack: Stack) => unknown;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'Ref': (resolver, argument, stack) => resolver.ref(String(argument), stack),
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::If': choose,
  'Fn::FindInMap': findInMap,
  'Fn::Base64': (resolver, argument, stack) => Buffer.from(resolver.string(argument, stack)).toString('base64'),
  'Fn::GetAZs': (resolver, argument, stack) => ['a', 'b', 'c'].map(zone => `${resolver.string(argument, stack) || stack.region}${zone}`),
  'Fn::ImportValue': importValue,
};

function getAtt(resolver: Resolver, argument: unknown, stack: Stack): unknown {
  const [logicalId, ...names] = typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
  const attribute = names.map(name => resolver.string(name, stack)).join('.');
  return attributeOf(resolver, resolver.resource(stack, String(logicalId)), attribute);
}

function join(resolver: Resolver, argument: unknown, stack: Stack): string {
  const [delimiter, values] = list(argument, 'Fn::Join');
  return list(resolver.resolve(values, stack), 'Fn::Join').map(value => resolver.string(value, stack)).join(String(delimiter));
}

/** `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays without its exclamation mark. */
function sub(resolver: Resolver, argument: unknown, stack: Stack): string {
  const [text, variables] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub');
  const given = isRecord(variables) ? variables : {};
  const substituted = String(text).replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (name in given) return resolver.string(given[name], stack);
    return resolver.string(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, stack);
  });
  return resolver.string(substituted, stack);
}

function select(resolver: Resolver, argument: unknown, stack: Stack): unknown {
  const [index, values] = list(argument, 'Fn::Select');
  const chosen = list(resolver.resolve(values, stack), 'Fn::Select')[Number(resolver.string(index, stack))];
  if (chosen === undefined) throw new Unresolvable(`Fn::Select finds no item ${JSON.stringify(index)} in stack ${stack.name}`);
  return chosen;
}

function split(resolver: Resolver, argument: unknown, stack: Stack): string[] {
  const [delimiter, text] = list(argument, 'Fn::Split');
  return resolver.string(text, stack).split(String(delimiter));
}

function choose(resolver: Resolver, argument: unknown, stack: Stack): unknown {
  const [condition, then, otherwise] = list(argument, 'Fn::If');
  return resolver.resolve(holds(resolver, { Condition: condition }, stack) ? then : otherwise, stack);
}

function findInMap(resolver: Resolver, argument: unknown, stack: Stack): unknown {
  const [map, top, second] = list(argument, 'Fn::FindInMap').slice(0, 3).map(key => resolver.string(key, stack));
  const row = lookUp(lookUp(stack.template.Mappings, map), top);
  const value = lookUp(row, second);
  if (value === undefined) throw new Unresolvable(`Fn::FindInMap finds nothing at ${map}.${top}.${second} in stack ${stack.name}`);
  return value;
}

/** Exports are unique within an account and a region. */
function importValue(resolver: Resolver, argument: unknown, stack: Stack): unknown {
  const name = resolver.string(argument, stack);
  return resolver.guarded(`export ${name}`, () => {
    const exporting = resolver.assembly.stacks.filter(({ account, region }) => account === stack.account && region === stack.region)
      .flatMap(other => Object.values(other.template.Outputs ?? {}).map(output => ({ other, output })))
      .find(({ other, output }) => output.Export !== undefined && resolver.string(output.Export.Name, other) === name);
    if (exporting === undefined) throw new Unresolvable(`no stack of the assembly exports ${name}, which stack ${stack.name} imports`);
    return resolver.resolve(exporting.output.Value, exporting.other);
  });
}

function lookUp(record: unknown, key: string | undefined): unknown {
  return isRecord(record) && key !== undefined ? record[key] : undefined;
}

function list(argument: unknown, intrinsic: string): readonly unknown[] {
  if (Array.isArray(argument)) return argument;
  throw new Unresolvable(`${intrinsic} needs a list, not ${JSON.stringify(argument)}`);
}
