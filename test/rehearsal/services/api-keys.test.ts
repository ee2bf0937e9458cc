import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { refusals, rehearseExample, standInOf } from './examples';
import { rehearse } from '../../../rehearsal/rehearse';
import { MultiCredentialRotation, RotatingCredential } from 'cdk-secret-rotation';

const EXAMPLE = join(__dirname, '..', '..', '..', 'examples', 'api-keys');

describe('the example of a service of one\'s own, rehearsed', () => {
  test('holds against its stand-in: no client that reads again is refused, and only keys of the rotation are there', async () => {
    const report = await rehearseExample('api-keys', { standIns: [standInOf('api-keys')] });
    expect(report.rotations.map(({ failures }) => failures)).toEqual([[]]);
    expect(report.rotations.map(refusals)).toEqual([{ refused: 0, uses: expect.any(Number) as number }]);
    expect(report.held).toBe(true);
  }, 240_000);

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

  test.each([
    ['there is no such file', undefined],
    ['it cannot be loaded', 'throw new Error("no")'],
    ['it exports no start and no signIn', 'exports.age = () => undefined'],
  ])('is refused with a stand-in of which %s', async (why, text) => {
    const file = join(mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-stand-in-')), 'stand-in.js');
    if (text !== undefined) writeFileSync(file, text);
    await expect(rehearseExample('api-keys', { standIns: [file] })).rejects.toThrow(`--stand-in ${file}: ${why}`);
  });

  test('is stood in for by the module that names it, before one that names none', async () => {
    const other = join(mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-stand-in-')), 'stand-in.js');
    writeFileSync(other, 'exports.start = async () => { throw new Error("not this one"); }; exports.signIn = () => undefined;');
    const named = join(mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-stand-in-')), 'stand-in.js');
    writeFileSync(named, `module.exports = { ...require(${JSON.stringify(standInOf('api-keys'))}), rotation: 'ApiKeys/Keys' };`);
    const report = await rehearseExample('api-keys', { standIns: [other, named], rotations: 1 });
    expect(report.held).toBe(true);
  }, 60_000);

  test('is skipped by name without one, and says what to give', async () => {
    const report = await rehearseExample('api-keys');
    expect(report.skipped).toEqual([{ constructPath: 'ApiKeys/Keys', reason: expect.stringContaining('--stand-in FILE') as string }]);
    expect(report.held).toBe(false);
  }, 60_000);
});
