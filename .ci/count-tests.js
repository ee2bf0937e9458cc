'use strict';
// Prints `<passed> <failed>` of a report of jest-junit; `0 0` when Jest wrote none, since then the stage itself has failed.
const { existsSync, readFileSync } = require('node:fs');

const [file] = process.argv.slice(2);
const report = existsSync(file) ? readFileSync(file, 'utf8') : '';
const total = attribute => [...report.matchAll(/<testsuite [^>]*>/g)]
  .reduce((sum, [suite]) => sum + Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0), 0);

// A skipped test hides a broken promise as well as a failing one shows it.
const failed = total('failures') + total('errors') + total('skipped');
console.log(`${total('tests') - failed} ${failed}`);
