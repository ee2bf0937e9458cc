import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Evidence, reportExtent } from './evidence';
import { MultiCredentialRotation, RotatingCredential, RotationRules } from 'cdk-secret-rotation';

const ROOT = join(__dirname, '..', '..');
const EXAMPLE = join(ROOT, 'examples', 'api-keys');
const searched: Evidence[] = [];
afterAll(() => reportExtent('The rehearsal', searched));

/** Replaces the body of `verify`, which is given `key`. */
const BODIES = {
  'fails, and the service repeats the key in its error': 'throw Object.assign(new Error(`no such key: ${key}`), { code: \'PERMISSION_DENIED\', remedy: `not ${key}` });',
  'fails, and the service throws what is none of ours': 'throw Object.assign(new Error(`no such key: ${key}`), { request: { key } });',
} as const;

test.each(Object.entries(BODIES))('a rehearsal that %s prints no credential, nor does its report hold one', (_how, body) => {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-secrecy-'));
  const credentials = join(directory, 'credentials');
  const assembly = synthesize(serviceThatRemembers(directory, credentials, body));
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    join(ROOT, 'bin', 'cdk-secret-rotation'), 'rehearse', assembly, '--stand-in', join(EXAMPLE, 'stand-in.js'), '--rotations', '2', '--interval', '0.5', '--json', 'report.json',
  ], { cwd: directory, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, expect.stringContaining('Keys')]);
  const evidence = new Evidence();
  evidence.protect(...readFileSync(credentials, 'utf8').trim().split('\n'));
  evidence.add('standard output', stdout);
  evidence.add('standard error', stderr);
  evidence.add('the report as data', readFileSync(join(directory, 'report.json'), 'utf8'));
  evidence.add('the report as a page', readFileSync(join(directory, 'rehearsal-report', 'index.html'), 'utf8'));
  searched.push(evidence);
  expect(evidence.leaks()).toEqual([]);
  expect(evidence.extent.credentials).toBeGreaterThan(3); // the two that are always there, the administrator's token, and a key
});

/** The example's service, which writes down the credentials that it sees: nobody else could tell which they were. */
function serviceThatRemembers(directory: string, credentials: string, verifyBody: string): string {
  const remember = (what: string): string => `require('node:fs').appendFileSync(${JSON.stringify(credentials)}, ${what} + '\\n');`;
  const original = readFileSync(join(EXAMPLE, 'service.js'), 'utf8');
  const source = original
    .replace('const { token } = await context.superuser();', (line) => `${line} ${remember('token')}`)
    .replace('verify: async ({ key }) => {', (line) => `${line} ${remember('key')} ${verifyBody}`);
  if (source.split('appendFileSync').length !== 3) throw new Error('the example is not as it was');
  const file = join(directory, 'service.js');
  writeFileSync(file, source);
  return file;
}

function synthesize(entry: string): string {
  const app = new App();
  const stack = new Stack(app, 'Secrecy');
  new MultiCredentialRotation(stack, 'Keys', {
    service: RotatingCredential.custom({ entry, environment: { KEYS_HOST: 'keys.example.com:443', KEYS_PRINCIPAL: 'shop' } }),
    superuserSecret: new Secret(stack, 'Administrator', { generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'token', excludePunctuation: true } }),
    rotationRules: RotationRules.rate(Duration.days(14)),
  });
  return app.synth().directory;
}
