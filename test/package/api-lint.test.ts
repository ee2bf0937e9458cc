import { apiFaults, lostExports } from '../../projenrc/api-lint/api-faults';
import { ApiType } from '../../projenrc/api-lint/assembly';

const docs = { summary: 'Documented.' };
const text = { primitive: 'string' };

function faultsOf(type: Partial<ApiType>): string[] {
  return apiFaults({ types: { type: { kind: 'class', fqn: 'lib.Type', name: 'Type', docs, ...type } } });
}

describe('the API lint accepts', () => {
  test('a documented construct, its struct, its interface, a factory class and an enum', () => {
    const factory = { name: 'of', static: true, docs, returns: { type: { fqn: 'lib.Type' } } };
    expect(faultsOf({ initializer: { parameters: [{ name: 'id', type: text }] }, properties: [{ name: 'secretArn', docs, type: text }] })).toEqual([]);
    expect(faultsOf({ kind: 'interface', datatype: true, name: 'Props', properties: [{ name: 'port', optional: true, docs: { ...docs, default: '5432' }, type: text }] })).toEqual([]);
    expect(faultsOf({ kind: 'interface', name: 'IRotation', methods: [{ name: 'grant', docs }] })).toEqual([]);
    expect(faultsOf({ methods: [factory, { name: 'toString', docs, returns: { type: text } }] })).toEqual([]);
    expect(faultsOf({ kind: 'enum', members: [{ name: 'WARN', docs }] })).toEqual([]);
  });

  test('a class with statics of other types that is made by its constructor', () => {
    expect(faultsOf({ initializer: {}, methods: [{ name: 'isType', static: true, docs, returns: { type: { primitive: 'boolean' } } }] })).toEqual([]);
  });
});

describe('the API lint refuses', () => {
  test.each<[string, Partial<ApiType>, string]>([
    ['a property of type any', { properties: [{ name: 'value', docs, type: { primitive: 'any' } }] }, 'lib.Type.value: of type any'],
    ['a property of type json', { properties: [{ name: 'value', docs, type: { primitive: 'json' } }] }, 'lib.Type.value: of type json'],
    ['a list of any', { properties: [{ name: 'list', docs, type: { collection: { elementtype: { primitive: 'any' } } } }] }, 'lib.Type.list: of type any'],
    ['a parameter of type any', { methods: [{ name: 'add', docs, parameters: [{ name: 'what', type: { primitive: 'any' } }] }] }, 'lib.Type.add(what): of type any'],
    ['a method that returns any', { methods: [{ name: 'get', docs, returns: { type: { primitive: 'any' } } }] }, 'lib.Type.get: of type any'],
    ['a union', { properties: [{ name: 'either', docs, type: { union: {} } }] }, 'lib.Type.either: of a union'],
    ['a union in the constructor', { initializer: { parameters: [{ name: 'props', type: { union: {} } }] } }, 'lib.Type.constructor(props): of a union'],
    ['an undocumented class', { docs: {} }, 'lib.Type: not documented'],
    ['an undocumented property', { properties: [{ name: 'port', type: text }] }, 'lib.Type.port: not documented'],
    ['an undocumented method', { methods: [{ name: 'grant' }] }, 'lib.Type.grant: not documented'],
    ['an undocumented enum member', { kind: 'enum', members: [{ name: 'WARN' }] }, 'lib.Type.WARN: not documented'],
    ['an optional prop without default', struct({ name: 'port', optional: true, docs, type: text }), 'lib.Type.port: optional without @default'],
    ['an ARN as a prop', struct({ name: 'secretArn', docs, type: text }), 'lib.Type.secretArn: an ARN'],
    ['a list of ARNs as a prop', struct({ name: 'userArns', docs, type: text }), 'lib.Type.userArns: an ARN'],
    ['a struct with a leading I', { kind: 'interface', datatype: true, name: 'IProps' }, 'lib.Type: a struct is not named'],
    ['a behavioural interface without a leading I', { kind: 'interface', name: 'Rotation' }, 'lib.Type: a behavioural interface is named'],
    ['a public constructor beside static factories', { initializer: {}, methods: [{ name: 'of', static: true, docs, returns: { type: { fqn: 'lib.Type' } } }] }, 'its constructor is private'],
    ['a public constructor beside static instances', { initializer: {}, properties: [{ name: 'ONE', static: true, docs, type: { fqn: 'lib.Type' } }] }, 'its constructor is private'],
  ])('%s', (_what, type, fault) => {
    expect(faultsOf(type)).toEqual([expect.stringContaining(fault)]);
  });

  test('an exported constant, which jsii leaves out of the API', () => {
    const assembly = { types: { 'lib.Type': { kind: 'class', fqn: 'lib.Type', name: 'Type', docs } as const } };
    expect(lostExports(assembly, ['Type', 'DEFAULT_PORT'])).toEqual([expect.stringContaining('DEFAULT_PORT: exported, yet not in the API')]);
  });
});

function struct(property: NonNullable<ApiType['properties']>[number]): Partial<ApiType> {
  return { kind: 'interface', datatype: true, properties: [property] };
}
