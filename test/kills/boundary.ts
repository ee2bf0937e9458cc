import { StepName } from '../support/rotation-rig';

/** Right before a call reaches the server, or right after the server has done it and before the function hears of it. */
export type Moment = 'before' | 'after';

/** An instant of a rotation at which the function depends on somebody else. */
export interface Boundary {
  readonly step: StepName;
  readonly service: 'Secrets Manager' | 'PostgreSQL';
  /** The action, `sign-in`, or the statement without what differs from one rotation to the next. */
  readonly what: string;
  /** Of the same calls in this step, from 1. */
  readonly ordinal: number;
  readonly moment: Moment;
}

type Call = Pick<Boundary, 'step' | 'service' | 'what'>;

/** Gives each call of a rotation its number. */
export class CallCounter {
  private readonly counts = new Map<string, number>();

  count(call: Call): Omit<Boundary, 'moment'> {
    const key = `${call.step} ${call.service} ${call.what}`;
    const ordinal = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, ordinal);
    return { ...call, ordinal };
  }
}

export function nameOf({ step, service, what, ordinal, moment }: Boundary): string {
  return `${moment} ${service} ${what} (${ordinal}) in ${step}`;
}

const WRITES = /^(ALTER|CREATE|GRANT|REVOKE|COMMIT|DROP|REASSIGN|COMMENT|PutSecretValue|UpdateSecretVersionStage)/;

export function isWrite({ what }: Boundary): boolean {
  return WRITES.test(what);
}

export function isPromotion({ what }: Boundary): boolean {
  return what === 'UpdateSecretVersionStage';
}

/** Without literals, numbers and names, which differ from one rotation to the next. */
export function describeStatement(sql: string): string {
  return sql.replace(/'[^']*'/g, '…').replace(/"[^"]*"/g, 'name').replace(/\b\d+\b/g, 'n').replace(/\s+/g, ' ').trim().slice(0, 90);
}
