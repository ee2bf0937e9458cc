import { RotatedSecret } from './world';

/** A world in which a secret is rotated, and what is promised there. */
export interface Subject {
  readonly secret: RotatedSecret;
  /** What no instant may break, by name; a promise returns whether it holds. */
  readonly always: Readonly<Record<string, () => boolean>>;
  /** What must hold once a rotation is over. */
  readonly finally: Readonly<Record<string, () => boolean>>;
  /** What an operator, or somebody else, may do at any moment. */
  readonly acts: Readonly<Record<string, () => Promise<void> | void>>;
  /** All that a rotation may change, at the service and of labels. */
  readonly state: string;
  /** What somebody did goes on no longer. */
  calmDown?(): void;
  /** The next rotation has put right whatever an act had put wrong. */
  settled?(): void;
}

/**
 * Of every rotation, once it is over, unless something comes late: a call that was under way may bring AWSPENDING back, and Secrets Manager then tries that
 * rotation again.
 */
export function unlessLate({ labels: { AWSPENDING, AWSCURRENT } }: RotatedSecret): Subject['finally'] {
  return { 'AWSPENDING is not left behind': () => AWSPENDING === undefined || AWSPENDING === AWSCURRENT };
}

/** Counts promises that were looked at, and keeps those that were broken. */
export class Ledger {
  checked = 0;
  readonly broken: string[] = [];

  check(promises: Readonly<Record<string, () => boolean>>, when: string): void {
    for (const [name, holds] of Object.entries(promises)) {
      this.checked++;
      if (!holds()) this.broken.push(`${when}: ${name}`);
    }
  }

  assert(holds: boolean, what: string): void {
    this.checked++;
    if (!holds) this.broken.push(what);
  }
}
