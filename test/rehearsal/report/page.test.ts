import { sampleReport } from './sample-report';
import { renderHtml, renderTimelineSvg } from '../../../rehearsal/report';
import type { ClientSignIn, RehearsalReport, RotationReport } from '../../../rehearsal/report/model';

const report = sampleReport();
const page = renderHtml(report);
const [singleUser, , alternating, multiCredential] = report.rotations as [RotationReport, RotationReport, RotationReport, RotationReport];
const VOID_ELEMENTS = new Set(['meta', 'link', 'br', 'wbr']);
const ATTACK = '</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"\'&\u0000';

/** Of a version that was never seen to be promoted, so that it counts. */
const REFUSED: ClientSignIn = { atMs: 95_000, durationMs: 5, outcome: 'refused', version: 'ffffffff' };

/** The elements that are opened and never closed, or closed and never opened. */
function unbalanced(markup: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name = '', selfClosing] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
    if (selfClosing || VOID_ELEMENTS.has(name)) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) wrong.push(`</${name}>`);
  }
  return [...wrong, ...open];
}

/** How many marks the paths of a class hold. */
function marksOf(markup: string, className: string): number {
  return [...markup.matchAll(new RegExp(`<path class="${className}" d="([^"]*)"`, 'g'))].reduce((sum, [, data = '']) => sum + data.split('M').length - 1, 0);
}

function refusedIn(rotation: RotationReport): number {
  return rotation.clients.flatMap(client => client.signIns).filter(signIn => signIn.outcome === 'refused').length;
}

function attacked(): RehearsalReport {
  const refused: ClientSignIn = { atMs: 4_000, durationMs: 5, outcome: 'refused', version: ATTACK, code: ATTACK };
  const [first, ...others] = singleUser.runs;
  return {
    ...report,
    assembly: ATTACK,
    nodeVersion: ATTACK,
    servers: [ATTACK],
    startedAt: ATTACK,
    standIns: [ATTACK],
    skipped: [{ constructPath: ATTACK, reason: ATTACK }],
    rotations: [{
      ...singleUser,
      constructPath: ATTACK,
      templateRuntime: ATTACK,
      failures: [ATTACK],
      iam: { denied: [ATTACK], unusedGrants: [ATTACK], unknown: [ATTACK] },
      runs: first ? [{
        ...first,
        promotedVersion: ATTACK,
        secretsManagerCalls: { [ATTACK]: 1 },
        serviceCalls: { [ATTACK]: 1 },
        steps: first.steps.map(step => ({ ...step, step: ATTACK, error: ATTACK })),
      }, ...others] : [],
      clients: singleUser.clients.map(client => ({ ...client, name: ATTACK, signIns: [...client.signIns, refused] })),
    }],
  };
}

describe('the page', () => {
  test('says so where nothing was rehearsed, and shows no table without a row', () => {
    const empty = renderHtml({ ...report, rotations: [], held: false });
    expect(empty).toContain('Nothing was rehearsed.');
    expect(empty).toContain('Shop/Legacy/Rotation');
    expect(empty).not.toContain('<table');
  });

  test('stands alone: nothing is loaded, no script runs', () => {
    expect(page).not.toMatch(/<(script|iframe|object|embed|img)\b/i);
    expect(page).not.toMatch(/\b(src|href)="(?!#|data:,")/);
    expect(page).not.toMatch(/url\(|@import|@font-face/);
    expect(page).toContain('default-src \'none\'');
  });

  test('is well-formed', () => {
    expect(unbalanced(page)).toEqual([]);
  });

  test('says first whether every rotation held', () => {
    expect(page).toMatch(/<h1>.*✓.*Every rotation held\.<\/h1>/);
    const failed = { ...report, held: false, rotations: [{ ...singleUser, failures: ['rotation 3: testSecret failed'] }, alternating] };
    expect(renderHtml(failed)).toMatch(/<h1>.*✗.*1 of 2 rotations did not hold\.<\/h1>/);
    expect(renderHtml(failed)).toContain('<li>rotation 3: testSecret failed</li>');
  });

  test('says what clients saw, in words', () => {
    expect(page).toContain('None of the 20 clients that read the secret again was refused, in 1,907 sign-ins.');
    expect(page).toContain('The 5 clients that refresh only on failure were refused 14 times');
    expect(page).toContain('none of their callers heard of it');
    expect(page).toContain('4 inside a window, 165 with a copy read before it');
  });

  test.each([
    ['Alternating users', alternating],
    ['Multiple credentials', multiCredential],
  ])('says that %s promise no refusal where a client that reads again was refused', (strategy, rotation) => {
    const clients = rotation.clients.map(client => client.name === 'each-time-01' ? { ...client, signIns: [REFUSED] } : client);
    const text = renderHtml({ ...report, rotations: [{ ...rotation, clients }] });
    expect(text).toMatch(new RegExp(`1 sign-in of the 20 clients that read the secret again was refused: .*\\. ${strategy} promise none\\.`));
    expect(text).toContain('the current version works throughout');
  });

  test('names the servers, and leaves them out where there was none', () => {
    expect(page).toContain('<dt>Servers</dt><dd>PostgreSQL 18.4, Redis 7.0.15</dd>');
    expect(renderHtml({ ...report, servers: ['Redis 7.0.15'] })).toContain('<dt>Server</dt><dd>Redis 7.0.15</dd>');
    expect(renderHtml({ ...report, servers: [] })).not.toMatch(/<dt>Servers?<\/dt>/);
  });

  test('has a card for the calls of other services, and tells them apart in each run, where there are any', () => {
    const text = renderHtml({ ...report, rotations: [multiCredential] });
    expect(text).toMatch(/<dt>Other services<\/dt><dd class="value">6\.8<\/dd><dd class="note">.*<wbr>STS Get<wbr>Caller<wbr>Identity 3<br>/);
    expect(text.match(/<td>9<small>, 7 others<\/small><\/td>/g)).toHaveLength(5);
    expect(renderHtml({ ...report, rotations: [alternating] })).not.toMatch(/Other services|others</);
  });

  test('draws every refused sign-in, and tells of each who met it, when, and with which version', () => {
    expect(marksOf(renderTimelineSvg(alternating), 'refused')).toBe(refusedIn(alternating));
    expect(marksOf(renderTimelineSvg(singleUser), 'refused')).toBe(refusedIn(singleUser));
    expect(page).toMatch(/<title>on-failure-01: refused at \d+\.\d{3} s with version [0-9a-f]{8} \(28P01\)<\/title>/);
  });

  test('draws errors unlike refusals', () => {
    const signIns: ClientSignIn[] = [{ atMs: 3_000, durationMs: 5, outcome: 'error', version: '', code: 'ECONNREFUSED' }];
    const picture = renderTimelineSvg({ ...alternating, clients: [{ name: 'each-time-01', group: 'each-time', signIns, surfaced: 0 }] });
    expect(marksOf(picture, 'error')).toBe(1);
    expect(marksOf(picture, 'refused')).toBe(0);
  });

  test('explains why refreshing on failure is refused at every second flip, or at every rotation of a single credential', () => {
    expect(page).toContain('it is refused at every second flip');
    expect(page).toContain('full jitter');
    expect(renderHtml({ ...report, rotations: [singleUser] })).toContain('it is refused at every rotation, once');
  });

  test('explains the flips of the strategies at hand alone', () => {
    const explained = (rotation: RotationReport): string => renderHtml({ ...report, rotations: [rotation] });
    expect(explained(multiCredential)).toContain('With multiple credentials a rotation retires the credential that is <em>not</em> current');
    expect(explained(multiCredential)).toContain('it is refused at every second flip');
    expect(explained(multiCredential)).not.toMatch(/alternating users|password/i);
    expect(explained(alternating)).not.toContain('multiple credentials');
    expect(page).toMatch(/With alternating users a rotation [^]*With multiple credentials a rotation /);
  });

  test('says what stood in for AWS, and what was not rehearsed', () => {
    expect(page).toContain('a local server that speaks its wire protocol');
    expect(page).toContain('<strong>Shop/Legacy/Rotation</strong>: its secret is for MySQL');
  });

  test('is accessible: a language, a title, text alternatives of all pictures, headers of all columns', () => {
    expect(page).toMatch(/<html lang="en">[^]*<title>Rotation rehearsal: Every rotation held\.<\/title>/);
    const pictures = [...page.matchAll(/<svg [^>]*>/g)].map(([tag]) => tag);
    expect(pictures.filter(tag => !/role="img" aria-label="[^"]{40,}"|aria-hidden="true"/.test(tag))).toEqual([]);
    expect(page).not.toMatch(/<th>|<table(?![^]*?<caption>)/);
  });

  test('has colours for light and dark, and prints in light', () => {
    expect(page).toContain('@media screen and (prefers-color-scheme: dark)');
    expect(page).toContain('@media print');
  });

  test('escapes whatever comes from templates, servers and clients', () => {
    const html = renderHtml(attacked());
    expect(html).not.toMatch(/<script|<img|\u0000/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(unbalanced(html)).toEqual([]);
    expect(unbalanced(renderTimelineSvg(attacked().rotations[0] ?? singleUser))).toEqual([]);
  });

  test('stays below a megabyte and a half with tens of thousands of sign-ins, refused ones included', () => {
    const large = sampleReport({ rotations: 50 });
    const signIns = large.rotations.flatMap(rotation => rotation.clients).reduce((sum, client) => sum + client.signIns.length, 0);
    expect(signIns).toBeGreaterThan(50_000);
    expect(renderHtml(large).length).toBeLessThan(1_500_000);
  });

  test('is drawn of a rotation without runs or clients, too', () => {
    const empty = renderHtml({ ...report, rotations: [{ ...alternating, runs: [], clients: [] }] });
    expect(unbalanced(empty)).toEqual([]);
    expect(empty).toContain('No client signed in.');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('never shows a number that is none', () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the timeline picture', () => {
  const picture = renderTimelineSvg(alternating);

  test('is a file of its own, with its own colours for light and dark', () => {
    expect(picture).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(picture).toContain('@media (prefers-color-scheme: dark)');
    expect(unbalanced(picture)).toEqual([]);
  });

  test('has a row per client, a band per rotation with its four steps, and its window', () => {
    expect(picture.match(/<path class="rule"/g)).toHaveLength(25);
    expect(picture.match(/<rect class="band"/g)).toHaveLength(6);
    expect(picture.match(/<rect class="step[ "]/g)).toHaveLength(24);
    expect(picture).not.toContain('class="window"');
    expect(renderTimelineSvg(singleUser).match(/<rect class="window"/g)).toHaveLength(6);
  });

  test('begins with the first rotation, however long the preflight waited', () => {
    const preflights = alternating.runs.slice(0, 1)
      .map(run => ({ ...run, number: 0, startedMs: run.startedMs - 60_000, finishedMs: run.startedMs - 10 }));
    expect(renderTimelineSvg({ ...alternating, runs: [...preflights, ...alternating.runs] }).match(/<rect class="band"/g)).toHaveLength(6);
    expect(renderTimelineSvg({ ...alternating, runs: preflights, clients: [] })).toContain('>preflight</text>');
  });

  test('draws versions at two levels by turns, in step with AWSCURRENT', () => {
    expect([...picture.matchAll(/class="reign (a|b)"/g)].map(([, level]) => level)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(marksOf(picture, 'a') + marksOf(picture, 'b')).toBeGreaterThan(2_000);
  });
});
