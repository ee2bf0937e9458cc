import { sampleReport } from './sample-report';
import type { RotationReport } from '../../../rehearsal/report/model';
import { createProgress } from '../../../rehearsal/report/progress';
import type { ProgressStream } from '../../../rehearsal/report/progress-stream';

const [, , alternating] = sampleReport().rotations as [RotationReport, RotationReport, RotationReport];

class Recorder implements ProgressStream {
  text = '';

  constructor(readonly isTTY: boolean, readonly columns = 60) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** What a terminal shows in the end: it knows cursor up and erase below, and no more. */
function screenOf(text: string): string[] {
  const lines = [''];
  for (const part of text.split(/(\u001b\[\d+A\u001b\[0J|\n)/)) {
    const up = /\u001b\[(\d+)A/.exec(part);
    if (up) lines.splice(lines.length - 1 - Number(up[1]), Infinity, '');
    else if (part === '\n') lines.push('');
    else lines[lines.length - 1] += part;
  }
  return lines;
}

function rehearse(stream: Recorder, environment: NodeJS.ProcessEnv = { NO_COLOR: '1' }): void {
  const progress = createProgress(stream, environment);
  progress.note('PostgreSQL 18.4 is up');
  const line = progress.begin(alternating.constructPath, alternating.strategy, 6);
  for (const run of alternating.runs) {
    line.doing(`rotation ${run.number}, createSecret`);
    line.rotated(run);
  }
  progress.skipped({ constructPath: 'Shop/Legacy', reason: 'another engine' });
  line.finished(alternating);
}

describe('progress on a terminal', () => {
  test('rewrites one line per rotation, and leaves its outcome', () => {
    const stream = new Recorder(true);
    rehearse(stream);
    expect(screenOf(stream.text)).toEqual([
      'PostgreSQL 18.4 is up',
      '– Shop/Legacy: skipped, another engine',
      '✓ Shop/AppUser (alternating users): held, 6 of 6 rotations, 0 refused of 1,907 sign-ins',
      '',
    ]);
  });

  test('shows what is done, what is to come, and the step under way', () => {
    const stream = new Recorder(true);
    const line = createProgress(stream, {}).begin('Shop/AppUser', 'alternating-users', 3);
    alternating.runs.slice(0, 1).forEach(run => line.rotated(run));
    line.doing('rotation 2, setSecret');
    expect(screenOf(stream.text)).toEqual(['●○○ Shop/AppUser (alternating users)  rotation 2, setSecret', '']);
  });

  test('does not count the preflight as a rotation', () => {
    const stream = new Recorder(true);
    const line = createProgress(stream, {}).begin('Shop/AppUser', 'alternating-users', 3);
    alternating.runs.slice(0, 1).forEach(run => line.rotated({ ...run, number: 0, startedMs: 0, finishedMs: 500 }));
    expect(screenOf(stream.text)).toEqual(['○○○ Shop/AppUser (alternating users)  succeeded in 500 ms', '']);
  });

  test('never lets a line wrap, which would count as two', () => {
    const stream = new Recorder(true, 20);
    createProgress(stream, {}).begin('Shop/AppUser', 'alternating-users', 3).doing('a step with a long name');
    expect(Math.max(...screenOf(stream.text).map(line => line.length))).toBeLessThan(20);
  });

  test('keeps the lines of several rotations apart', () => {
    const stream = new Recorder(true);
    const progress = createProgress(stream, {});
    const [one, other] = [progress.begin('One', 'superuser', 1), progress.begin('Other', 'superuser', 1)];
    one.doing('first');
    other.doing('second');
    one.doing('third');
    expect(screenOf(stream.text)).toEqual(['○ One (superuser)  third', '○ Other (superuser)  second', '']);
  });

  test('is coloured, unless NO_COLOR is set', () => {
    const [coloured, plain] = [new Recorder(true), new Recorder(true)];
    rehearse(coloured, {});
    rehearse(plain, { NO_COLOR: '1' });
    expect(coloured.text).toContain('\u001b[32m✓');
    expect(plain.text).not.toContain('\u001b[32m');
  });
});

describe.each([['where there is no terminal', false, {}], ['where CI is set', true, { CI: 'true', NO_COLOR: '1' }]] as const)('progress %s', (_, isTTY, environment) => {
  test('is a line per rotation, none of it ever rewritten', () => {
    const stream = new Recorder(isTTY);
    rehearse(stream, environment);
    expect(stream.text).not.toContain('\u001b');
    expect(stream.text).toMatch(/^ {2}Shop\/AppUser \(alternating users\): rotation 1 of 6 succeeded in \d+ ms$/m);
    expect(stream.text.split('\n')).toHaveLength(1 + 6 + 1 + 1 + 1);
  });

  test('names the preflight, which is none of the rotations', () => {
    const stream = new Recorder(isTTY);
    const line = createProgress(stream, environment).begin('Shop/AppUser', 'single-user', 6);
    alternating.runs.slice(0, 1).forEach(run => line.rotated({ ...run, number: 0, startedMs: 0, finishedMs: 500 }));
    expect(stream.text).toContain(': preflight succeeded in 500 ms');
  });

  test('says when a rotation failed', () => {
    const stream = new Recorder(isTTY);
    const line = createProgress(stream, environment).begin('Shop/AppUser', 'single-user', 1);
    alternating.runs.slice(0, 1).forEach(run => line.rotated({ ...run, startedMs: 0, finishedMs: 500, succeeded: false }));
    expect(stream.text).toContain('rotation 1 of 1 failed in 500 ms');
  });
});
