import { refusals, rehearseExample, standInOf } from './examples';

describe('the example of a service of one\'s own, rehearsed', () => {
  test('holds against its stand-in: no client that reads again is refused, and only keys of the rotation are there', async () => {
    const report = await rehearseExample('api-keys', { standIn: standInOf('api-keys') });
    expect(report.rotations.map(({ failures }) => failures)).toEqual([[]]);
    expect(report.rotations.map(refusals)).toEqual([{ refused: 0, uses: expect.any(Number) as number }]);
    expect(report.held).toBe(true);
  }, 240_000);

  test('is skipped by name without one, and says what to give', async () => {
    const report = await rehearseExample('api-keys');
    expect(report.skipped).toEqual([{ constructPath: 'ApiKeys/Keys', reason: expect.stringContaining('--stand-in FILE') as string }]);
    expect(report.held).toBe(false);
  }, 60_000);
});
