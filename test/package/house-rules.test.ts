import { existsSync, readFileSync, readdirSync } from 'fs';
import { join } from 'path';
import type { Linter } from 'eslint';
import { LegacyESLint } from 'eslint/use-at-your-own-risk';
import { PROJECT_ROOT, fixtureProject } from './fixture-project';
import { services, strategies } from '../../projenrc/bundle/entry-points';
import { importZones } from '../../projenrc/eslint-house-rules';

const HOUSE = [
  'src/index.ts', 'src/alternating-users-rotation.ts', 'src/private/rotation-config.ts', 'src/private/policy.ts',
  'lambda/engine/engine.ts', 'lambda/engine/contract/errors.ts',
  'lambda/services/postgres/client.ts', 'lambda/services/postgres/scram/verifier.ts', 'lambda/services/mysql/client.ts',
  'lambda/services/iam/client.ts', 'lambda/services/ses/client.ts',
  'lambda/single-user/strategy.ts', 'lambda/single-user/postgres.ts', 'lambda/single-user/window.ts', 'lambda/single-user/steps/one.ts',
  'lambda/superuser/strategy.ts',
  'rehearsal/cli.ts', 'rehearsal/lambda/preload.ts', 'test/some.test.ts', 'bench/bench.ts', 'examples/one/app.ts', 'projenrc/bundle.ts',
];
const root = fixtureProject({ 'package.json': '{}', ...Object.fromEntries(HOUSE.map(file => [file, 'export const value = 1;'])) });
const eslint = lintOf(root, ['postgres', 'mysql', 'iam', 'ses'], ['single-user', 'superuser']);

/** Lints this text as if it stood in that file of the house; returns the rules that it breaks. */
async function rulesBrokenBy(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  return (result?.messages ?? []).map(message => message.ruleId ?? message.message);
}

function importing(what: string): string {
  return `import { value } from '${what}';\nexport const other = value;\n`;
}

describe('the house lets in', () => {
  test.each([
    ['src/index.ts', './private/rotation-config'],
    ['src/index.ts', 'aws-cdk-lib'],
    ['lambda/engine/engine.ts', '../../src/private/rotation-config'],
    ['lambda/engine/engine.ts', '@aws-sdk/client-secrets-manager'],
    ['lambda/engine/engine.ts', './contract/errors'],
    ['lambda/services/postgres/client.ts', 'pg'],
    ['lambda/services/postgres/client.ts', '../../engine/contract/errors'],
    ['lambda/services/postgres/client.ts', './scram/verifier'],
    ['lambda/services/postgres/scram/verifier.ts', '../client'],
    ['lambda/services/ses/client.ts', '../iam/client'],
    ['lambda/single-user/strategy.ts', '../engine/engine'],
    ['lambda/single-user/strategy.ts', './steps/one'],
    ['lambda/single-user/postgres.ts', './strategy'],
    ['lambda/single-user/postgres.ts', '../services/postgres/client'],
    ['lambda/single-user/postgres.ts', '../engine/engine'],
    ['rehearsal/cli.ts', 'pg'],
    ['rehearsal/cli.ts', './lambda/preload'],
    ['rehearsal/cli.ts', '../src/private/rotation-config'],
    ['test/some.test.ts', '../lambda/services/postgres/client'],
    ['bench/bench.ts', 'pg'],
  ])('%s importing %s', async (file, what) => {
    expect(await rulesBrokenBy(file, importing(what))).toEqual([]);
  });
});

describe('the house refuses', () => {
  test.each([
    ['src/index.ts', '../lambda/engine/engine', 'import/no-restricted-paths'],
    ['src/index.ts', '../rehearsal/cli', 'import/no-restricted-paths'],
    ['src/index.ts', '../examples/one/app', 'import/no-restricted-paths'],
    ['src/index.ts', 'pg', 'no-restricted-imports'],
    ['src/index.ts', '@aws-sdk/client-secrets-manager', 'no-restricted-imports'],
    ['lambda/engine/engine.ts', '../../src/index', 'import/no-restricted-paths'],
    ['lambda/engine/engine.ts', '../../src/private/policy', 'import/no-restricted-paths'],
    ['lambda/engine/engine.ts', '../services/postgres/client', 'import/no-restricted-paths'],
    ['lambda/engine/engine.ts', '../single-user/strategy', 'import/no-restricted-paths'],
    ['lambda/engine/engine.ts', '../../rehearsal/cli', 'import/no-restricted-paths'],
    ['lambda/engine/engine.ts', 'pg', 'no-restricted-imports'],
    ['lambda/services/postgres/client.ts', '../../engine/engine', 'import/no-restricted-paths'],
    ['lambda/services/postgres/client.ts', '../../single-user/strategy', 'import/no-restricted-paths'],
    ['lambda/services/postgres/client.ts', '../mysql/client', 'import/no-restricted-paths'],
    ['lambda/services/iam/client.ts', '../ses/client', 'import/no-restricted-paths'],
    ['lambda/services/postgres/client.ts', '@aws-sdk/client-secrets-manager', 'no-restricted-imports'],
    ['lambda/services/postgres/client.ts', '@aws-sdk/client-secrets-manager/dist-cjs/index', 'no-restricted-imports'],
    ['lambda/services/mysql/client.ts', 'pg', 'no-restricted-imports'],
    ['lambda/services/mysql/client.ts', 'pg/lib/client', 'no-restricted-imports'],
    ['lambda/single-user/strategy.ts', '../services/postgres/client', 'import/no-restricted-paths'],
    ['lambda/single-user/window.ts', '../services/postgres/client', 'import/no-restricted-paths'],
    ['lambda/single-user/steps/one.ts', '../../services/postgres/client', 'import/no-restricted-paths'],
    ['lambda/single-user/strategy.ts', '../superuser/strategy', 'import/no-restricted-paths'],
    ['lambda/single-user/strategy.ts', 'pg', 'no-restricted-imports'],
    ['lambda/single-user/postgres.ts', '../services/mysql/client', 'import/no-restricted-paths'],
    ['lambda/single-user/postgres.ts', '../superuser/strategy', 'import/no-restricted-paths'],
    ['lambda/single-user/postgres.ts', '@aws-sdk/client-secrets-manager', 'no-restricted-imports'],
    ['rehearsal/cli.ts', '../lambda/engine/engine', 'import/no-restricted-paths'],
    ['rehearsal/lambda/preload.ts', '../../lambda/engine/contract/errors', 'import/no-restricted-paths'],
    ['rehearsal/cli.ts', '../src/private/policy', 'import/no-restricted-paths'],
    ['examples/one/app.ts', '../../lambda/engine/engine', 'import/no-restricted-paths'],
    ['examples/one/app.ts', '../../src/private/policy', 'import/no-restricted-paths'],
  ])('%s importing %s', async (file, what, rule) => {
    expect(await rulesBrokenBy(file, importing(what))).toContain(rule);
  });

  test.each([
    ['src/index.ts', 301],
    ['lambda/engine/engine.ts', 151],
    ['rehearsal/cli.ts', 151],
    ['lambda/single-user/postgres.ts', 31],
  ])('%s of %d lines', async (file, lines) => {
    expect(await rulesBrokenBy(file, statements(lines))).toEqual(['max-lines']);
    expect(await rulesBrokenBy(file, `${statements(lines - 1)}\n// a comment is no line\n\n`)).toEqual([]);
  });

  test('a function of 51 lines', async () => {
    const body = (lines: number) => `export function long(): void {\n${'  String();\n'.repeat(lines - 2)}}\n`;
    expect(await rulesBrokenBy('lambda/engine/engine.ts', body(51))).toEqual(['max-lines-per-function']);
    expect(await rulesBrokenBy('lambda/engine/engine.ts', body(50))).toEqual([]);
  });

  test.each([
    ['a default export', 'export default 1;\n', 'import/no-default-export'],
    ['any', 'export const value: any = 1;\n', '@typescript-eslint/no-explicit-any'],
    ['a non-null assertion', 'export const value = process.env.HOME!;\n', '@typescript-eslint/no-non-null-assertion'],
  ])('%s', async (_what, text, rule) => {
    expect(await rulesBrokenBy('rehearsal/cli.ts', text)).toEqual([rule]);
  });
});

describe('the lint of this project', () => {
  test('has the zones of the services and strategies that exist', () => {
    const zones = importZones(services(PROJECT_ROOT), strategies(PROJECT_ROOT));
    expect(configuration().rules?.['import/no-restricted-paths']).toEqual(['error', { zones: JSON.parse(JSON.stringify(zones)) }]);
  });

  test('reads every folder with sources, so that no rule is left out by place', () => {
    const tasks = JSON.parse(readFileSync(join(PROJECT_ROOT, '.projen/tasks.json'), 'utf8')) as { tasks: { eslint: { steps: { execArgs: string[] }[] } } };
    const linted = tasks.tasks.eslint.steps.flatMap(step => step.execArgs);
    const folders = ['src', 'lambda', 'rehearsal', 'examples', 'bench', 'test', 'projenrc'].filter(folder => existsSync(join(PROJECT_ROOT, folder)));
    expect(linted).toEqual(expect.arrayContaining(folders));
  });

  test('finds a forbidden import in a file of this project through its own resolver', async () => {
    const own = new LegacyESLint({ cwd: PROJECT_ROOT });
    const [result] = await own.lintText(importing('../../../src/index'), { filePath: join(PROJECT_ROOT, 'lambda/engine/contract/errors.ts') });
    expect(result?.messages.map(message => message.ruleId)).toContain('import/no-restricted-paths');
  });
});

describe('the files of this project', () => {
  test('are named in kebab case', () => {
    const folders = ['src', 'lambda', 'rehearsal', 'examples', 'bench', 'test', 'projenrc'];
    const names = folders.flatMap(folder => existsSync(join(PROJECT_ROOT, folder)) ? entriesOf(join(PROJECT_ROOT, folder)) : []);
    expect(names.filter(name => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name))).toEqual([]);
  });
});

/** The project's own rules over the fixture: its zones by name, without the rules that need types. */
function lintOf(cwd: string, serviceNames: string[], strategyNames: string[]): LegacyESLint {
  const own = configuration();
  const zones = importZones(serviceNames, strategyNames);
  const untyped = Object.fromEntries(['no-floating-promises', 'return-await'].map(rule => [`@typescript-eslint/${rule}`, 'off']));
  return new LegacyESLint({
    cwd,
    useEslintrc: false,
    resolvePluginsRelativeTo: PROJECT_ROOT,
    baseConfig: {
      ...own,
      parserOptions: { sourceType: 'module' },
      settings: { 'import/resolver': { node: { extensions: ['.ts', '.js'] } }, 'import/parsers': { '@typescript-eslint/parser': ['.ts'] } },
      rules: {
        ...own.rules,
        ...untyped,
        'import/no-unresolved': 'off',
        'import/no-extraneous-dependencies': 'off',
        'import/no-restricted-paths': ['error', { basePath: cwd, zones }],
      },
    },
  });
}

function configuration(): Linter.LegacyConfig {
  const text = readFileSync(join(PROJECT_ROOT, '.eslintrc.json'), 'utf8');
  return JSON.parse(text.split('\n').filter(line => !line.startsWith('//')).join('\n')) as Linter.LegacyConfig;
}

function entriesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).map(entry => entry.name).filter(name => !/^__\w+__$/.test(name));
}

function statements(lines: number): string {
  return Array.from({ length: lines }, (_, index) => `export const value${index} = 1;`).join('\n');
}
