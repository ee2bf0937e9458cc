import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../../../projenrc/bundle/bundle-code';
import { CUSTOM_SERVICE_FILE, ROTATION_CONFIG } from '../../../../src/private/rotation-config';

const STRATEGIES = ['multi-credential', 'single-user', 'superuser', 'alternating-users'];
const PROJECT_ROOT = join(__dirname, '../../../..');
const SERVICE = `
  exports.contractVersion = 1;
  exports.createService = () => { throw Object.assign(new Error('the file beside the bundle was asked'), { code: 'USER_MISSING' }); };
`;

const outdir = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-custom-'));
const folder = (strategy: string): string => join(outdir, strategy);

beforeAll(() => bundle({
  root: PROJECT_ROOT,
  outdir,
  entryPoints: Object.fromEntries(STRATEGIES.map((strategy) => [`${strategy}/index`, `lambda/${strategy}/custom.ts`])),
}));
afterAll(() => rmSync(outdir, { recursive: true }));

/** What the bundle's handler fails with, in a process of its own. */
function failureOf(strategy: string): string {
  const event = { Step: 'createSecret', SecretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf', ClientRequestToken: 'f2b5a2d0-6b0e-4d0c-9b57-1f0a3b2c4d5e' };
  const script = `require('./index').handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 5000 }).catch(({ message }) => console.error(message))`;
  return execFileSync(process.execPath, ['-e', `console.error = console.log; ${script}`], {
    cwd: folder(strategy),
    encoding: 'utf8',
    env: { [ROTATION_CONFIG]: JSON.stringify({ service: 'custom', username: 'app', alternateUsername: 'app_clone' }), AWS_REGION: 'us-east-1' },
  });
}

describe.each(STRATEGIES)('the bundle for a service of one\'s own (%s)', (strategy) => {
  test('fails and says so when no file is beside it', () => {
    rmSync(join(folder(strategy), CUSTOM_SERVICE_FILE), { force: true });
    expect(failureOf(strategy)).toMatch(/MISCONFIGURED: there is no service\.js/);
  });

  test('asks the file beside it', () => {
    writeFileSync(join(folder(strategy), CUSTOM_SERVICE_FILE), SERVICE);
    expect(failureOf(strategy)).toMatch(/USER_MISSING: the file beside the bundle was asked/);
  });
});
