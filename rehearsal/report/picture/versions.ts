import type { RotationReport } from '../model';

/**
 * Versions take turns at two levels and two colours, so that a client's row shows when it came by a new one.
 * For alternating users these are the two users, for multiple credentials the two places of a credential.
 */
export type Level = 'a' | 'b';

/** When a version was AWSCURRENT. */
export interface Reign {
  readonly version: string;
  readonly level: Level;
  readonly fromMs: number;
  /** Absent for the last. */
  readonly untilMs?: number;
}

export function reignsOf({ runs }: Pick<RotationReport, 'runs'>): readonly Reign[] {
  const promotions = runs.flatMap(({ promotedMs, promotedVersion, number }) =>
    promotedMs === undefined || promotedVersion === undefined ? [] : [{ fromMs: promotedMs, version: promotedVersion, number }]);
  return promotions.map(({ fromMs, version, number }, index) =>
    ({ version, fromMs, untilMs: promotions[index + 1]?.fromMs, level: number % 2 === 1 ? 'a' : 'b' }));
}

/** The level of every version that a client used; one that was never seen to be promoted was there before the first. */
export function levelsOf(reigns: readonly Reign[]): (version: string) => Level {
  const levels = new Map(reigns.map(({ version, level }) => [version, level]));
  return version => levels.get(version) ?? 'b';
}
