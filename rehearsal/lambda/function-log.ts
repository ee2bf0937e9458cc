/** What a function said of one invocation, as far as it is in the fields that the engine writes. */
export interface StepMeasurements {
  readonly windowMs?: number;
  /** `Date.now()` at the change of the password. */
  readonly windowStartedAt?: number;
  readonly signIns: number;
  readonly signInsRefused: number;
  /** Why the step failed, in the function's own words, which hold no credential by contract. */
  readonly reason?: string;
}

/** Reads the JSON lines of a log, embedded metrics included; other lines say nothing that is understood here. */
export function measurementsIn(lines: readonly string[]): StepMeasurements {
  const records = lines.flatMap(parseRecord);
  return {
    windowMs: lastNumber(records, 'RefusalWindow'),
    windowStartedAt: lastTime(records, 'windowStartedAt'),
    signIns: sum(records, 'SignIns'),
    signInsRefused: sum(records, 'SignInsRefused'),
    reason: records.flatMap(({ code, reason }) => typeof reason === 'string' ? [`${String(code)}: ${reason}`] : []).at(-1),
  };
}

type LogRecord = Readonly<Record<string, unknown>>;

/** Logged with `console.log`, a line has Lambda's own prefix before the JSON. */
function parseRecord(line: string): LogRecord[] {
  const start = line.indexOf('{');
  if (start < 0) return [];
  try {
    const parsed: unknown = JSON.parse(line.slice(start));
    return typeof parsed === 'object' && parsed !== null ? [parsed as LogRecord] : [];
  } catch {
    return [];
  }
}

function lastNumber(records: readonly LogRecord[], name: string): number | undefined {
  return records.map(record => record[name]).filter(value => typeof value === 'number').at(-1);
}

function lastTime(records: readonly LogRecord[], name: string): number | undefined {
  const time = records.map(record => record[name]).filter(value => typeof value === 'number' || typeof value === 'string').at(-1);
  return time === undefined ? undefined : new Date(time).getTime();
}

function sum(records: readonly LogRecord[], name: string): number {
  return records.map(record => record[name]).filter(value => typeof value === 'number').reduce((total, value) => total + value, 0);
}
