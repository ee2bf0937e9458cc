import { sampleReport } from './sample-report';
import { inkFor } from '../../../rehearsal/report/ink';
import type { RehearsalReport, RotationReport } from '../../../rehearsal/report/model';
import { renderSummary } from '../../../rehearsal/report/summary';

const report = sampleReport();

/** The sample with its last rotation changed. */
function withLast(change: Partial<RotationReport>, of: Partial<RehearsalReport> = {}): RehearsalReport {
  const rotations = report.rotations.map((rotation, index) => index === report.rotations.length - 1 ? { ...rotation, ...change } : rotation);
  return { ...report, rotations, ...of };
}

describe('the summary', () => {
  const summary = renderSummary(report);

  test('fits 100 columns, whatever it has to say', () => {
    const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:${'x'.repeat(200)}`;
    const long = renderSummary(withLast({ iam: { denied: [`secretsmanager:GetSecretValue on ${arn}`], unusedGrants: [arn], unknown: [arn] }, failures: [arn] }));
    expect(Math.max(...long.split('\n').map(line => line.length))).toBeLessThanOrEqual(100);
    expect(long.replaceAll(/\s+/g, '')).toContain(arn);
  });

  test.each(['single user', 'superuser', 'alternating users', 'multiple credentials'])('has a table for %s', strategy => {
    expect(summary).toContain(strategy);
  });

  test('counts rotations, refused sign-ins by group, and what surfaced', () => {
    expect(summary).toMatch(/Rotations +6 of 6 succeeded/);
    expect(summary).toMatch(/Refused sign-ins +0 of 1,907 by clients that read again \(each time 0, time to live 0\)/);
    expect(summary).toMatch(/Refresh on failure +14 refused of 493, 0 surfaced, signed in again after \d+ ms \(median\)/);
  });

  test('tells refusals inside a window from those of an older copy', () => {
    expect(summary).toMatch(/Refused sign-ins +169 of 1,910 .*\n +4 inside a window, 165 with a copy read before it/);
  });

  test('names the calls, the sign-ins, the durations, the window and both runtimes', () => {
    expect(summary).toMatch(/Secrets Manager +9 calls per rotation: DescribeSecret 4, GetSecretValue 3, PutSecretValue 1,\s+UpdateSecretVersionStage 1/);
    expect(summary).toMatch(/Function's sign-ins +2 per rotation, 0 refused/);
    expect(summary).toMatch(/Duration of a step +\d+ ms cold, \d+ ms warm \(medians\)/);
    expect(summary).toMatch(/Window +9.4 ms median, 12 ms longest/);
    expect(summary).toMatch(/Window +none: the current version works throughout/);
    expect(summary).toMatch(/Runtime +Node.js 24.16.0 here, nodejs24.x in the template/);
  });

  test('names the calls of other services in a row of their own, where there are any', () => {
    expect(summary).toMatch(/Secrets Manager .+\n.+\n +Other services +6.8 calls per rotation: IAM CreateAccessKey 1, IAM DeleteAccessKey 0.8, IAM\s+ListAccessKeys 2, STS GetCallerIdentity 3/);
    expect(summary.match(/Other services/g)).toHaveLength(1);
  });

  test.each(['alternating users', 'multiple credentials'])('says that the current version works throughout with %s', strategy => {
    const [, block = ''] = summary.split(new RegExp(`^Shop/\\w+ {2}${strategy}$`, 'm'));
    expect(/Window +(.*)/.exec(block)?.[1]).toBe('none: the current version works throughout');
  });

  test('lists denied calls, unused grants, and what could not be evaluated', () => {
    const text = renderSummary(withLast({ iam: { denied: ['kms:Decrypt: no statement allows it'], unusedGrants: ['Allow: kms:Encrypt on key'], unknown: ['operator DateGreaterThan'] } }));
    expect(text).toMatch(/IAM +1 denied, 1 grant unused/);
    expect(text).toMatch(/denied +kms:Decrypt: no statement allows it/);
    expect(text).toMatch(/unused +Allow: kms:Encrypt on key/);
    expect(text).toMatch(/not evaluated +operator DateGreaterThan/);
  });

  test('names what was skipped, and why, and what stood in for AWS', () => {
    expect(summary).toContain('Shop/Legacy/Rotation: its secret is for MySQL');
    expect(summary).toContain('What stood in for AWS\n  Secrets Manager: a local server');
  });

  test('ends with whether every rotation held', () => {
    expect(summary.trimEnd().split('\n').at(-1)).toBe('Every rotation held: 4 rotations rehearsed, 1 skipped, in 120 s.');
  });

  test('ends with how many did not hold, and says why each did not', () => {
    const text = renderSummary(withLast({ failures: ['rotation 3: testSecret: 28P01'] }, { held: false }));
    expect(text.trimEnd().split('\n').at(-1)).toBe('1 of 4 rotations did not hold, 1 skipped, in 120 s.');
    expect(text).toContain('✗ rotation 3: testSecret: 28P01');
  });

  test.each<[string, RehearsalReport['skipped'], string]>([
    ['no rotation', [], 'Nothing was rehearsed: the assembly has no rotation of a secret.'],
    ['none that can be rehearsed', report.skipped, 'Nothing was rehearsed: 1 rotation skipped, for the reason above.'],
  ])('says so where the assembly has %s, and then nothing of stand-ins', (_, skipped, last) => {
    const text = renderSummary({ ...report, rotations: [], skipped, held: false });
    expect(text.trimEnd().split('\n').at(-1)).toBe(last);
    expect(text).not.toContain('What stood in for AWS');
  });

  test('cannot be made to move the cursor by what it reports', () => {
    expect(renderSummary(withLast({ constructPath: 'App/\u001b[2JUser\u0007\u202e', failures: ['\u001b]0;title\u0007'] }))).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  test('is coloured for a terminal alone, and not where NO_COLOR is set', () => {
    expect(renderSummary(report, inkFor({ isTTY: true }, {}))).toContain('\u001b[32mEvery rotation held');
    expect(renderSummary(report, inkFor({ isTTY: true }, { NO_COLOR: '1' }))).toBe(summary);
    expect(renderSummary(report, inkFor({}, {}))).toBe(summary);
  });
});
