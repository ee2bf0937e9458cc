import { ApiType, Assembly, Callable, Member, Property, TypeReference } from './assembly';

/**
 * What jsii accepts and a user of the API would regret, one line each.
 * @see https://github.com/aws/aws-cdk/blob/main/docs/DESIGN_GUIDELINES.md
 */
export function apiFaults(assembly: Assembly): string[] {
  return Object.values(assembly.types ?? {}).flatMap(type => [
    ...nameFaults(type),
    ...documentationFaults(type),
    ...typeFaults(type),
    ...propFaults(type),
    ...factoryFaults(type),
  ]);
}

/** A constant or function that the entry point exports: jsii leaves it out of the API, without a word. */
export function lostExports(assembly: Assembly, exported: readonly string[]): string[] {
  const known = new Set(Object.values(assembly.types ?? {}).map(type => type.name));
  return exported.filter(name => !known.has(name)).map(name => `${name}: exported, yet not in the API; make it a static member of a class`);
}

function nameFaults(type: ApiType): string[] {
  if (type.kind !== 'interface') return [];
  const startsWithI = /^I[A-Z]/.test(type.name);
  if (type.datatype && startsWithI) return [`${type.fqn}: a struct is not named with a leading I`];
  if (!type.datatype && !startsWithI) return [`${type.fqn}: a behavioural interface is named with a leading I`];
  return [];
}

function documentationFaults(type: ApiType): string[] {
  const members: Partial<Member>[] = [...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []];
  return [
    ...type.docs?.summary ? [] : [`${type.fqn}: not documented`],
    ...members.filter(member => !member.docs?.summary).map(member => `${type.fqn}.${member.name}: not documented`),
  ];
}

function typeFaults(type: ApiType): string[] {
  return [
    ...(type.properties ?? []).flatMap(property => referenceFaults(`${type.fqn}.${property.name}`, property.type)),
    ...(type.methods ?? []).flatMap(method => callableFaults(`${type.fqn}.${method.name}`, method)),
    ...callableFaults(`${type.fqn}.constructor`, type.initializer ?? {}),
  ];
}

function callableFaults(name: string, callable: Callable): string[] {
  return [
    ...(callable.parameters ?? []).flatMap(parameter => referenceFaults(`${name}(${parameter.name})`, parameter.type)),
    ...callable.returns ? referenceFaults(name, callable.returns.type) : [],
  ];
}

function referenceFaults(name: string, type: TypeReference): string[] {
  if (type.collection) return referenceFaults(name, type.collection.elementtype);
  if (type.union || type.intersection) return [`${name}: of a union or intersection type, which Java, C# and Go do not have`];
  if (type.primitive === 'any' || type.primitive === 'json') return [`${name}: of type ${type.primitive}, which tells a user nothing`];
  return [];
}

function propFaults(type: ApiType): string[] {
  if (!type.datatype) return [];
  return (type.properties ?? []).flatMap(prop => [
    ...prop.optional && !prop.docs?.default ? [`${type.fqn}.${prop.name}: optional without @default`] : [],
    ...isArn(prop) ? [`${type.fqn}.${prop.name}: an ARN; take the construct instead`] : [],
  ]);
}

function isArn(prop: Property): boolean {
  return /(^a|A)rns?$/.test(prop.name);
}

/** A class whose statics all return itself is made by them alone: an initializer would let other languages subclass it. */
function factoryFaults(type: ApiType): string[] {
  const statics = [
    ...(type.methods ?? []).filter(method => method.static).map(method => method.returns?.type.fqn),
    ...(type.properties ?? []).filter(property => property.static).map(property => property.type.fqn),
  ];
  const isFactory = type.kind === 'class' && statics.length > 0 && statics.every(returned => returned === type.fqn);
  return isFactory && type.initializer ? [`${type.fqn}: made by its static factories, so its constructor is private`] : [];
}
