import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { standInOf } from './examples';
import { rehearse } from '../../../rehearsal/rehearse';
import { MultiCredentialRotation, RotatingCredential } from 'cdk-secret-rotation';

const EXAMPLE = join(__dirname, '..', '..', '..', 'examples', 'api-keys');

describe('the example of a service of one\'s own, rehearsed', () => {
  test('holds for a service that tells of no last use, too: the age of the current credential stands for it', async () => {
    const service = join(mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-service-')), 'service.js');
    writeFileSync(service, readFileSync(join(EXAMPLE, 'service.js'), 'utf8').replace('lastUsed: async', 'notTold: async'));
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-app-')) });
    const stack = new Stack(app, 'Keys');
    new MultiCredentialRotation(stack, 'Key', {
      service: RotatingCredential.custom({ entry: service, environment: { KEYS_HOST: 'keys.example.com:443', KEYS_PRINCIPAL: 'shop' } }),
      superuserSecret: new Secret(stack, 'Admin', { generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'token', excludePunctuation: true } }),
    });
    const report = await rehearse({ assembly: app.synth().directory, rotations: 3, intervalMs: 1_000, standIns: [standInOf('api-keys')] });
    expect(report.rotations.map(({ failures }) => failures)).toEqual([[]]);
    expect(report.held).toBe(true);
  }, 240_000);
});
