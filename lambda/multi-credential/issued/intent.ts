import { createHash } from 'node:crypto';
import { ListedCredential } from '../../../service';
import { Labels, PlacedLabel } from '../../engine/labels';

/**
 * A staging label that says, before a credential is asked for: from when to when this invocation may make one, and which were there before. It stands
 * on AWSCURRENT's version: that has a value, no version is made (which would make Secrets Manager abandon the rotation), and no other permission is needed.
 */
const PREFIX = 'cdk-secret-rotation/issuing/';

/** Clocks of the function and of the service may differ by as much. Milliseconds. */
const SKEW_MS = 5_000;
/** A service may not list at once what it made: IAM is eventually consistent. Milliseconds. */
const LISTING_LAG_MS = 60_000;
const DIGEST_LENGTH = 12;

/** The label as the quota of 256 characters leaves room for it. */
export const MOST_SLOTS = 12;

/** What an invocation was about to do. */
export class Intent {
  /** All intents on record: those of invocations that died, or that are still at work. */
  static readAll(labels: Labels): readonly Intent[] {
    return labels.startingWith(PREFIX).flatMap((placed) => {
      const [fromMs, untilMs, before] = placed.label.slice(PREFIX.length).split('/');
      return before === undefined ? [] : [new Intent(placed, Number(fromMs), Number(untilMs), new Set(before.split('.')))];
    });
  }

  static label(live: readonly ListedCredential[], fromMs: number, untilMs: number): string {
    return `${PREFIX}${fromMs}/${Math.ceil(untilMs)}/${live.map(({ id }) => digest(id)).join('.')}`;
  }

  private constructor(
    readonly placed: PlacedLabel,
    private readonly fromMs: number,
    readonly untilMs: number,
    private readonly before: ReadonlySet<string>,
  ) {}

  /** The invocation may still be at work. */
  isOpen(now: number): boolean {
    return now <= this.untilMs;
  }

  /** What the invocation made, if anything, is listed by now. */
  isSettled(now: number): boolean {
    return now > this.untilMs + LISTING_LAG_MS;
  }

  /** Whether a credential can be the one that this invocation made: it was not there before, and was made in its time. */
  explains({ id, createdAt }: ListedCredential): boolean {
    return !this.before.has(digest(id)) && createdAt.getTime() >= this.fromMs - SKEW_MS && createdAt.getTime() <= this.untilMs + SKEW_MS;
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, DIGEST_LENGTH);
}
