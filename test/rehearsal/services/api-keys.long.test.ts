import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusals, rehearseExample, standInOf } from './examples';

describe('the example of a service of one\'s own, rehearsed', () => {
  test('holds against its stand-in: no client that reads again is refused, and only keys of the rotation are there', async () => {
    const report = await rehearseExample('api-keys', { standIns: [standInOf('api-keys')] });
    expect(report.rotations.map(({ failures }) => failures)).toEqual([[]]);
    expect(report.rotations.map(refusals)).toEqual([{ refused: 0, uses: expect.any(Number) as number }]);
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
