import { refusals, rehearseExample } from './examples';
import type { RehearsalReport } from '../../../rehearsal/report/model';

let report: RehearsalReport;
beforeAll(async () => { report = await rehearseExample('access-keys'); }, 240_000);

describe('the example of access keys and SMTP credentials, rehearsed', () => {
  test('holds: every rotation goes through, and nothing is skipped', () => {
    expect(report.skipped).toEqual([]);
    expect(report.rotations.map(({ constructPath, strategy, failures }) => ({ constructPath, strategy, failures }))).toEqual([
      { constructPath: 'AccessKeys/PartnerKeys', strategy: 'multi-credential', failures: [] },
      { constructPath: 'AccessKeys/ShopMail', strategy: 'multi-credential', failures: [] },
    ]);
    expect(report.held).toBe(true);
  });

  test('refuses no client that reads the secret again within the interval', () => {
    for (const rotation of report.rotations) {
      const { refused, uses } = refusals(rotation);
      expect(refused).toBe(0);
      expect(uses).toBeGreaterThan(20);
    }
  });

  test('uses every permission that it has, and is denied nothing', () => {
    for (const { iam } of report.rotations) expect(iam).toEqual({ denied: [], unusedGrants: [], unknown: [] });
  });

  test('makes at most 11 calls of Secrets Manager and 6 of IAM in a rotation', () => {
    for (const { secretsManagerCalls, serviceCalls = {} } of report.rotations.flatMap(({ runs }) => runs)) {
      expect(sum(secretsManagerCalls)).toBeLessThanOrEqual(11);
      expect(sum(serviceCalls)).toBeLessThanOrEqual(6);
    }
    expect(report.rotations[0]?.runs.at(-1)?.serviceCalls).toMatchObject({ 'IAM CreateAccessKey': 1, 'IAM DeleteAccessKey': 1 });
  });
});

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
