import { Evaluation, StatementReference } from './evaluate';
import { wildcard } from './match';
import { listOf, PolicyDocument, Statement, statementsOf } from './policy';

export interface UnusedGrant {
  /** As in the policy: an entry of Action, or NotAction. */
  readonly action: string;
  readonly statement: Statement;
}

/** A statement for many resources, of which one was used. */
export interface UnboundedGrant {
  readonly statement: Statement;
  readonly pattern: string;
  readonly used: string;
}

/** The end of a secret's ARN that is not known before the secret is there: six characters ("GetSecretValue", API reference of Secrets Manager). */
const UNKNOWN_SUFFIX = /-\?{6}$/;

/** Which granted actions were ever used, and on what. */
export class UsageLedger {
  private readonly usages: StatementReference[] = [];
  /** Of requests that no other statement grants. */
  private readonly necessary: StatementReference[] = [];

  constructor(private readonly granted: readonly PolicyDocument[]) {}

  record({ matched }: Evaluation): void {
    this.usages.push(...matched);
    if (matched.length === 1) this.necessary.push(...matched);
  }

  /** Granted, never used: each entry of Action of each Allow statement. */
  get unused(): UnusedGrant[] {
    const grants = this.granted.filter(({ doubt }) => doubt === undefined).flatMap(statementsOf).filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => listOf(statement.Action ?? 'NotAction').map((action) => ({ action: String(action), statement })));
    return grants.filter(({ action, statement }) => !this.usages.some((usage) =>
      usage.statement === statement && (action === 'NotAction' || wildcard(action, usage.action, 'i'))));
  }

  /** Each resource with a wildcard that is needed for one alone. Actions without a resource level can have nothing but `*`. */
  get unbounded(): UnboundedGrant[] {
    return [...new Set(this.necessary.map(({ statement }) => statement))].flatMap((statement) => {
      const [used, ...others] = new Set(this.necessary.filter((usage) => usage.statement === statement).map(({ resource }) => resource));
      if (used === undefined || used === '*' || others.length > 0 || statement.Effect !== 'Allow') return [];
      const patterns = listOf(statement.Resource ?? []).filter((pattern) => typeof pattern === 'string');
      return patterns.filter((pattern) => /[*?]/.test(pattern.replace(UNKNOWN_SUFFIX, ''))).map((pattern) => ({ statement, pattern, used }));
    });
  }
}
