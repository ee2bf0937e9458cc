import { COLOURS, DARK_COLOURS, PICTURE_STYLES } from '../picture/styles';

/** The page's style sheet: quiet, so that the pictures speak. */
export const PAGE_STYLES = `
:root {${COLOURS} }
@media screen and (prefers-color-scheme: dark) { :root {${DARK_COLOURS} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: 48px 28px 96px; }
h1 { font-size: 40px; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; margin: 4px 0 12px; }
h2 { font-size: 24px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; margin: 0 0 8px; overflow-wrap: anywhere; }
h3 { font-size: 14px; font-weight: 600; margin: 0 0 10px; }
h4 { font-size: 14px; margin: 12px 0 4px; }
p { margin: 0 0 12px; }
a { color: inherit; text-decoration-color: var(--hair); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
small { font-size: 12px; color: var(--faint); font-weight: 400; }
section { margin-top: 64px; padding-top: 28px; border-top: 1px solid var(--hair); }
.kicker { color: var(--faint); margin: 0; }
.lede { font-size: 19px; max-width: 46em; margin-bottom: 24px; text-wrap: pretty; }
.finding { font-size: 17px; max-width: 52em; text-wrap: pretty; }
.prose { max-width: none; }
.prose .scroll { margin: 20px 0 24px; }
.prose p, .plain { max-width: 50em; text-wrap: pretty; }
.strategy { color: var(--faint); font-weight: 400; margin-left: 6px; }
.good { color: var(--good); }
.bad, .alarm { color: var(--refused); font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; gap: 8px 36px; margin: 0 0 36px; }
.facts dt { font-size: 12px; color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; margin: 20px 0 28px; }
.card { background: var(--card); border-radius: 6px; padding: 12px 14px 14px; }
.card dt { font-size: 13px; color: var(--faint); }
.card dd { margin: 0; }
.card .value { font-size: 28px; line-height: 1.25; font-weight: 600; letter-spacing: -.01em; }
.card .note { font-size: 12.5px; line-height: 1.4; color: var(--faint); margin-top: 2px; overflow-wrap: anywhere; }
.failures { border-left: 3px solid var(--refused); padding: 4px 0 4px 32px; margin: 12px 0; }
figure { margin: 28px 0 0; }
figcaption { font-size: 13px; color: var(--faint); margin-top: 8px; }
.scroll { overflow-x: auto; }
.scroll > .picture { display: block; width: 100%; min-width: 900px; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 28px; list-style: none; margin: 0; padding: 0; }
.legend li { display: flex; align-items: center; gap: 8px; }
.sample { flex: none; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: right; padding: 8px 0 8px 20px; border-bottom: 1px solid var(--rule); vertical-align: baseline; white-space: nowrap; }
thead th { font-size: 13px; font-weight: 500; border-bottom-color: var(--hair); vertical-align: bottom; line-height: 1.3; }
thead small { display: block; }
th:first-child, td.text { text-align: left; }
td.text { white-space: normal; }
th:nth-child(2), .overview th:nth-child(2) { text-align: left; }
th:first-child { padding-left: 0; font-weight: 500; }
details { margin-top: 24px; font-size: 14px; }
summary { cursor: pointer; color: var(--faint); margin-bottom: 8px; }
.plain { padding-left: 18px; margin: 8px 0; }
.plain li { margin-bottom: 6px; }
.mono { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media print {
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  .rotation { break-before: page; border-top: 0; margin-top: 0; }
  figure, .card, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
  .scroll > .picture { min-width: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
${PICTURE_STYLES}`;
