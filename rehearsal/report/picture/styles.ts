/** Colours of page and pictures, light and dark. Marks differ in shape and place too: no meaning is by colour alone. */
export const COLOURS = `
  --paper: #fffefb; --card: #f7f5ef; --ink: #1d1c1a; --faint: #6d6960; --hair: #d9d5ca; --rule: #efece4;
  --a: #2f6690; --b: #b07d1e; --band: #ece8dc; --step: #d5cfbd; --window: #f0a9a6; --refused: #d00f2f; --error: #a34b00; --good: #1f6f43;`;

export const DARK_COLOURS = `
  --paper: #17181b; --card: #1f2125; --ink: #ebe8e1; --faint: #a09b90; --hair: #3b3d43; --rule: #222428;
  --a: #74b3e0; --b: #dba945; --band: #282a30; --step: #3a3d46; --window: #7d3039; --refused: #ff5468; --error: #ff9d4d; --good: #6fcf97;`;

/** What the pictures need, on the page or in a file of their own. */
export const PICTURE_STYLES = `
.picture { font: 11px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
.picture text { fill: var(--ink); }
.picture .paper { fill: var(--paper); }
.picture .label { font-size: 12px; }
.picture .faint { fill: var(--faint); }
.picture .alarm { fill: var(--refused); font-weight: 600; }
.picture .number { font-size: 12px; font-weight: 600; }
.picture .version { font: 9.5px ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.picture .rule { stroke: var(--rule); stroke-width: 1; }
.picture .hair { stroke: var(--hair); stroke-width: 1; fill: none; }
.picture .band { fill: var(--band); }
.picture .step { fill: var(--step); }
.picture .step.next { fill-opacity: .6; }
.picture .failed { fill: var(--window); }
.picture .window { fill: var(--window); }
.picture .reign { fill-opacity: .22; }
.picture .reign.a { fill: var(--a); }
.picture .reign.b { fill: var(--b); }
.picture path.a, .picture path.b { fill: none; stroke-width: 1.8; }
.picture path.a { stroke: var(--a); }
.picture path.b { stroke: var(--b); }
.picture .bars path.a, .picture .bars path.b { stroke-width: 3.4; }
.picture .error { fill: none; stroke: var(--error); stroke-width: 1.8; }
.picture .halo { fill: none; stroke: var(--paper); stroke-width: 9.5; stroke-linecap: round; }
.picture .refused { fill: none; stroke: var(--refused); stroke-width: 7; stroke-linecap: round; }
.picture .life.a { fill: var(--a); }
.picture .life.b { fill: var(--b); }
.picture .on-life { fill: var(--paper); }
`;
