// Mutation testing of what decides about credentials: the engine and the strategies. `npm run mutation`.
// See https://stryker-mutator.io/docs/stryker-js/configuration/.
import { fileURLToPath } from 'node:url';

/** Suites without a server of their own, so that a mutant costs seconds. */
const SUITES = [
  'lambda/engine/**/*.test.ts',
  'lambda/multi-credential/**/*.test.ts',
  'simulation/{all-faults,interleavings.test,somebody-else.test,checks.test}.ts',
].map((suite) => `<rootDir>/test/${suite}`);

const STRATEGIES = '{single-user,superuser,alternating-users,multi-credential}';

export default {
  mutate: [
    'lambda/engine/**/*.ts',
    `lambda/${STRATEGIES}/**/*.ts`,
    `!lambda/${STRATEGIES}/{custom,elasticache,iam,memorydb,postgres,redis,ses}.ts`, // composition roots: they decide nothing
  ],
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.json',
    config: {
      testMatch: SUITES,
      testPathIgnorePatterns: ['/node_modules/', '\\.long\\.test\\.ts$'],
      testEnvironment: fileURLToPath(new URL('projenrc/mutation/environment.js', import.meta.url)),
      reporters: [],
      maxWorkers: 1,
    },
  },
  coverageAnalysis: 'perTest',
  ignoreStatic: true, // what runs once at load would need all tests, for each mutant
  plugins: ['@stryker-mutator/jest-runner', './projenrc/mutation/messages.mjs'],
  ignorers: ['messages'],
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'mutation-report/index.html' },
  jsonReporter: { fileName: 'mutation-report/mutation.json' },
  ignorePatterns: ['/.git', '/assets', '/cdk.out', '/coverage', '/dist', '/docs', '/lib', '/mutation-report', '/rehearsal-report', '/bench-report', '/test-reports', '/tsconfig.tsbuildinfo'],
  concurrency: 2,
  timeoutMS: 15_000,
  maxTestRunnerReuse: 50, // Jest's memory grows with each run
  tempDirName: '.stryker/sandboxes',
};
