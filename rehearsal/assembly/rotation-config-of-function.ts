import type { FunctionDefinition } from './functions';
import { isRecord } from './template';
import { PostgresRotationConfig, ROTATION_CONFIG, ServiceName } from '../../src/private/rotation-config';

/** What this library's constructs tell their functions; functions of others tell their own way. */
export type RotationConfigOfFunction = PostgresRotationConfig & {
  /** PostgreSQL's names none. */
  readonly service?: ServiceName;
};

export function rotationConfigOf({ environment }: FunctionDefinition): RotationConfigOfFunction | undefined {
  const json = environment[ROTATION_CONFIG];
  if (json === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(json);
    return isRecord(parsed) && (typeof parsed.service === 'string' || (typeof parsed.host === 'string' && typeof parsed.username === 'string')) ? parsed as unknown as RotationConfigOfFunction : undefined;
  } catch {
    return undefined;
  }
}
