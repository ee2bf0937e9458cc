import { refusals, rehearseExample } from './examples';

describe('the example of Redis, ElastiCache and MemoryDB users, rehearsed', () => {
  test('holds: no client that reads again is refused, and every permission is used', async () => {
    const report = await rehearseExample('redis-users');
    expect(report.skipped).toEqual([]);
    expect(report.rotations.map(({ constructPath, failures }) => ({ constructPath, failures }))).toEqual([
      { constructPath: 'RedisUsers/AdminRotation', failures: [] },
      { constructPath: 'RedisUsers/Sessions', failures: [] },
      { constructPath: 'RedisUsers/Cart', failures: [] },
      { constructPath: 'RedisUsers/Ledger', failures: [] },
    ]);
    for (const rotation of report.rotations) expect(refusals(rotation)).toMatchObject({ refused: 0 });
    for (const { iam } of report.rotations) expect(iam).toEqual({ denied: [], unusedGrants: [], unknown: [] });
    expect(report.held).toBe(true);
  }, 240_000);
});
