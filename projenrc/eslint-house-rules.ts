import { awscdk } from 'projen';
import { services, strategies } from './bundle/entry-points';

interface Zone {
  readonly target: string | string[];
  readonly from: string | string[];
  readonly except?: string[];
  readonly message: string;
}

type Severity = 'error' | 'off';

const SHARED_FILE = './src/private/rotation-config.ts';
const SECRETS_MANAGER = '@aws-sdk/client-secrets-manager';
const NOT_SHIPPED = ['./test', './bench', './examples', './projenrc'];

/** Services that are made of another one's: SMTP credentials of access keys, users of caches of the Redis behind them. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = { ses: ['iam'], elasticache: ['redis'], memorydb: ['redis', 'elasticache'] };

/** The rules of the house that ESLint can keep: who may import whom, how long things are, how they are exported. */
export function eslintHouseRules(project: awscdk.AwsCdkConstructLibrary, root: string): void {
  const eslint = project.eslint;
  if (!eslint) throw new Error('The house rules need ESLint.');
  eslint.addRules({
    'import/no-restricted-paths': ['error', { zones: importZones(services(root), strategies(root)) }],
    'import/no-default-export': ['error'],
    'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
    '@typescript-eslint/no-explicit-any': ['error'],
    '@typescript-eslint/no-non-null-assertion': ['error'],
  });
  eslint.addOverride({ files: ['src/**/*.ts'], rules: { ...maxLines(300), ...withoutPackages('@aws-sdk', 'pg') } });
  eslint.addOverride({ files: ['lambda/**/*.ts', 'rehearsal/**/*.ts'], rules: maxLines(150) });
  eslint.addOverride({ files: ['lambda/engine/**/*.ts'], rules: withoutPackages('pg') });
  eslint.addOverride({ files: ['lambda/services/**/*.ts'], rules: withoutPackages(SECRETS_MANAGER, 'pg') });
  eslint.addOverride({ files: ['lambda/services/postgres/**/*.ts'], rules: withoutPackages(SECRETS_MANAGER) });
  for (const strategy of strategies(root)) {
    eslint.addOverride({ files: [`lambda/${strategy}/**/*.ts`], rules: withoutPackages('@aws-sdk', 'pg') });
  }
  for (const service of services(root)) {
    eslint.addOverride({ files: [`lambda/*/${service}.ts`], excludedFiles: ['lambda/engine/*', 'lambda/services/*'], rules: maxLines(30) });
  }
  eslint.addOverride({ files: ['examples/**/*.ts'], rules: withoutPackages('@aws-sdk', 'pg') });
  eslint.addOverride({ files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } }); // a describe block is a function
}

/** Who may import whom. Paths are relative to the project's root. */
export function importZones(serviceNames: readonly string[], strategyNames: readonly string[]): Zone[] {
  return [
    {
      target: './src',
      from: ['./lambda', './rehearsal', ...NOT_SHIPPED],
      message: 'What runs at synth time knows nothing of handlers and rehearsal.',
    },
    {
      target: ['./lambda', './rehearsal'],
      from: './src',
      except: [SHARED_FILE.replace('./src', '.')],
      message: 'Constructs and handlers share src/private/rotation-config.ts only.',
    },
    { target: './lambda', from: ['./rehearsal', ...NOT_SHIPPED], message: 'A handler imports handlers only.' },
    { target: './rehearsal', from: ['./lambda', ...NOT_SHIPPED], message: 'The rehearsal runs the bundle; it does not import the handlers.' },
    { target: './lambda/engine', from: './lambda', except: ['./engine'], message: 'The engine knows no service and no strategy.' },
    { target: './examples', from: ['./lambda', './rehearsal', './src/private'], message: 'An example imports what a user can: the package.' },
    ...serviceNames.map(serviceZone),
    ...strategyNames.flatMap(strategy => strategyZones(strategy, serviceNames)),
  ];
}

function serviceZone(service: string): Zone {
  return {
    target: `./lambda/services/${service}`,
    from: './lambda',
    except: [service, ...BUILT_ON[service] ?? []].map(known => `./services/${known}`).concat('./engine/contract'),
    message: 'A service knows the contract of the engine and what it is built on; it knows neither the engine, nor a strategy, nor another service.',
  };
}

function strategyZones(strategy: string, serviceNames: readonly string[]): Zone[] {
  const folder = `./lambda/${strategy}`;
  return [
    { target: folder, from: './lambda', except: ['./engine', './services', `./${strategy}`], message: 'A strategy does not know another one.' },
    {
      target: [`${folder}/!(${serviceNames.join('|')}).ts`, `${folder}/*/**`],
      from: './lambda/services',
      message: 'A strategy sees a service through the interfaces that it declares.',
    },
    ...serviceNames.map(service => ({
      target: `${folder}/${service}.ts`,
      from: './lambda/services',
      except: [`./${service}`],
      message: 'A composition root binds one service.',
    })),
  ];
}

function maxLines(max: number): Record<string, [Severity, object]> {
  return { 'max-lines': ['error', { max, skipComments: true, skipBlankLines: true }] };
}

function withoutPackages(...packages: string[]): Record<string, [Severity, object]> {
  const message = 'Only the engine talks to Secrets Manager, and only the folder of a service talks to that service.';
  return { 'no-restricted-imports': ['error', { patterns: packages.map(name => ({ regex: `^${name}(/|$)`, message })) }] };
}
