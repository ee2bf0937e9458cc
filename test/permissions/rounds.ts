import { elsewhere, Change, everywhere, Grant, Synthesized, withMore, without } from './grants';
import { rehearse, RehearsalOptions } from '../../rehearsal/rehearse';
import type { RehearsalReport, RotationReport } from '../../rehearsal/report/model';

/** A change of one statement, and what the rehearsal must say of it. */
export interface Case {
  readonly grant: Grant;
  readonly title: string;
  readonly change: Change;
  readonly expect: (rotation: RotationReport) => void;
}

/** Each action taken away by itself, and each statement made for something else. */
export function narrowings(grants: readonly Grant[]): readonly Case[] {
  return grants.flatMap((grant) => [
    ...grant.actions.map((action) => ({ grant, title: `without ${action}`, change: without(action), expect: denies([action]) })),
    { grant, title: `${grant.actions.join(', ')} for another resource`, change: elsewhere, expect: denies(grant.actions) },
  ]);
}

/** An action more, which nobody calls. */
export function extraActions(grants: readonly Grant[]): readonly Case[] {
  return grants.map((grant) => {
    const action = `${grant.actions[0]?.split(':')[0] ?? ''}:TagResource`;
    return { grant, title: `with ${action} beside ${grant.actions.join(', ')}`, change: withMore(action), expect: reportsUnused(action) };
  });
}

export function wildcards(grants: readonly Grant[]): readonly Case[] {
  return grants.map((grant) => ({ grant, title: `${grant.actions.join(', ')} for every resource`, change: everywhere, expect: reportsUnused('*') }));
}

/** Rotations of one app do not see each other's roles, so that one statement of each is changed at a time. */
export function rounds(cases: readonly Case[]): readonly (readonly Case[])[] {
  const queues = new Map<string, Case[]>();
  for (const one of cases) queues.set(one.grant.constructPath, [...queues.get(one.grant.constructPath) ?? [], one]);
  const longest = Math.max(...[...queues.values()].map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => [...queues.values()].flatMap((queue) => queue[index] ?? []));
}

/** Rehearses the app with these changes; every rotation must say what its case expects. */
export async function rehearseRound(app: Synthesized, round: readonly Case[], options: Partial<RehearsalOptions> = {}): Promise<RehearsalReport> {
  const report = await rehearse({ assembly: app.with(round.map(({ grant, change }) => [grant, change])), rotations: 3, intervalMs: 500, ...options });
  for (const one of round) {
    const rotation = report.rotations.find(({ constructPath }) => constructPath === one.grant.constructPath);
    if (rotation === undefined) throw new Error(`${one.grant.constructPath} was not rehearsed`);
    named(one, () => one.expect(rotation));
  }
  return report;
}

/** The first call that is denied is one of these; what comes after it, nobody gets to see. */
function denies(actions: readonly string[]): Case['expect'] {
  return ({ iam, failures }) => {
    expect(iam.denied.map((denied) => denied.split(' ')[0]).filter((action) => actions.includes(action ?? ''))).not.toEqual([]);
    expect(iam.denied.filter((denied) => !actions.includes(denied.split(' ')[0] ?? ''))).toEqual([]);
    expect(failures).not.toEqual([]);
  };
}

function reportsUnused(what: string): Case['expect'] {
  return ({ iam }) => {
    expect(iam.denied).toEqual([]);
    expect(iam.unusedGrants).toEqual([expect.stringContaining(what)]);
  };
}

function named({ grant, title }: Case, work: () => void): void {
  try {
    work();
  } catch (error: unknown) {
    throw new Error(`${grant.constructPath} ${title}: ${String(error)}`, { cause: error });
  }
}
