/** Something in a template that the rehearsal cannot work out, and therefore does not guess. */
export class Unresolvable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Unresolvable';
  }
}

/** What `work` gives; undefined where that cannot be worked out. */
export function ifResolvable<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error: unknown) {
    if (error instanceof Unresolvable) return undefined;
    throw error;
  }
}
