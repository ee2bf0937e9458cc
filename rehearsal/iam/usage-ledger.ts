import { Evaluation, StatementReference } from './evaluate';
import { wildcard } from './match';
import { listOf, PolicyDocument, Statement, statementsOf } from './policy';

export interface UnusedGrant {
  /** As in the policy: an entry of Action, or NotAction. */
  readonly action: string;
  readonly statement: Statement;
}

/** Which granted actions were ever used. */
export class UsageLedger {
  private readonly usages: StatementReference[] = [];

  constructor(private readonly granted: readonly PolicyDocument[]) {}

  record({ matched }: Evaluation): void {
    this.usages.push(...matched);
  }

  /** Granted, never used: each entry of Action of each Allow statement. */
  get unused(): UnusedGrant[] {
    const grants = this.granted.filter(({ doubt }) => doubt === undefined).flatMap(statementsOf).filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => listOf(statement.Action ?? 'NotAction').map((action) => ({ action: String(action), statement })));
    return grants.filter(({ action, statement }) => !this.usages.some((usage) =>
      usage.statement === statement && (action === 'NotAction' || wildcard(action, usage.action, 'i'))));
  }
}
