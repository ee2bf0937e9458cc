import { count, duration, plural } from '../format';
import { markup, type Markup, trusted, when } from '../markup';
import type { RehearsalReport } from '../model';
import { explanation } from './explanation';
import { overview } from './overview';
import { rotationSection } from './rotation-section';
import { PAGE_STYLES } from './styles';

/** The rehearsal as one page that needs nothing but a browser: no script, nothing loaded, light and dark. */
export function renderHtml(report: RehearsalReport): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Rotation rehearsal: ${verdict(report)}</title>
<style>${trusted(PAGE_STYLES)}</style>
</head>
<body>
<main>
${header(report)}
${when(report.rotations.length > 0, () => markup`${overview(report)}
${report.rotations.map((rotation, index) => rotationSection(rotation, report, `rotation-${index + 1}`))}
${explanation(report)}`)}
${standIns(report)}
</main>
</body>
</html>
`.toString();
}

function header(report: RehearsalReport): Markup {
  return markup`<header>
<p class="kicker">Rotation rehearsal</p>
<h1><span class="${report.held ? 'good' : 'bad'}" aria-hidden="true">${report.held ? '✓' : '✗'}</span> ${verdict(report)}</h1>
<p class="lede">${lede(report)}</p>
<dl class="facts">
${fact('Assembly', report.assembly)}${fact('Started', started(report))}${fact('Took', duration(report.durationMs))}${
  fact('Node.js', report.nodeVersion.replace(/^v/, ''))}${
  when(report.servers.length > 0, () => fact(report.servers.length === 1 ? 'Server' : 'Servers', report.servers.join(', ')))}
</dl>
</header>`;
}

function verdict({ held, rotations }: RehearsalReport): string {
  const failed = rotations.filter(rotation => rotation.failures.length > 0).length;
  if (held) return 'Every rotation held.';
  return rotations.length === 0 ? 'Nothing was rehearsed.' : `${count(failed)} of ${plural(rotations.length, 'rotation')} did not hold.`;
}

function lede({ rotations, skipped }: RehearsalReport): string {
  const runs = rotations.flatMap(rotation => rotation.runs).filter(run => run.number > 0).length;
  const clients = rotations.flatMap(rotation => rotation.clients);
  const signIns = clients.reduce((sum, client) => sum + client.signIns.length, 0);
  const without = skipped.length > 0 ? ` ${plural(skipped.length, 'rotation')} could not be rehearsed.` : '';
  if (rotations.length === 0) return without.trim() || 'The assembly has no rotation of a secret.';
  return `${plural(rotations.length, 'secret')} rotated ${plural(runs, 'time')} in all, by the functions of the synthesized template, `
    + `while ${plural(clients.length, 'client')} signed in ${plural(signIns, 'time')}.${without}`;
}

function started({ startedAt }: RehearsalReport): string {
  return startedAt.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC');
}

function fact(name: string, value: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function standIns({ standIns: sentences, rotations, skipped }: RehearsalReport): Markup {
  return markup`${when(skipped.length > 0, () => markup`<section aria-labelledby="skipped"><h2 id="skipped">Not rehearsed</h2>
<ul class="plain">${skipped.map(({ constructPath, reason }) => markup`<li><strong>${constructPath}</strong>: ${reason}</li>`)}</ul></section>`)}
${when(rotations.length > 0, () => markup`<section aria-labelledby="stand-ins"><h2 id="stand-ins">What stood in for AWS</h2>
<ul class="plain">${sentences.map(sentence => markup`<li>${sentence}</li>`)}</ul></section>`)}`;
}
