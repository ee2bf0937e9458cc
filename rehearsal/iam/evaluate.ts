import { all, Match } from './match';
import { PolicyDocument, Statement, statementsOf } from './policy';
import { applies, EvaluationRequest, Reach, REACHES } from './statement';

export interface Policies {
  /** Inline and attached. */
  readonly identity: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
  /** Of the same account: a secret's policy, a key's, a function's permissions. */
  readonly resource?: readonly PolicyDocument[];
}

export interface Evaluation {
  readonly allowed: boolean;
  /** Completes "... because". */
  readonly reason: string;
  /** What could not be evaluated; it counts as not allowed. */
  readonly unknown: readonly string[];
  /** The statements that decided. */
  readonly matched: readonly StatementReference[];
}

export interface StatementReference {
  readonly reach: Reach;
  readonly statement: Statement;
  readonly action: string;
  /** What the request was about. */
  readonly resource: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, within one account */
export function evaluate(request: EvaluationRequest, policies: Policies): Evaluation {
  const judged = judge(request, policies);
  const unknown = [...new Set(judged.flatMap(({ match }) => typeof match === 'string' ? [match] : []))];
  const denials = judged.filter(({ statement, match }) => statement.Effect !== 'Allow' && match !== false);
  if (denials.length > 0) {
    return { allowed: false, reason: `of an explicit deny in the ${denials[0]?.reach} policy`, unknown, matched: denials };
  }
  const grant = grantOf(request, policies, judged.filter(({ match }) => match === true));
  const allowed = typeof grant !== 'string';
  return { allowed, reason: allowed ? 'it is granted' : grant, unknown, matched: allowed ? grant : [] };
}

type Judgement = StatementReference & { readonly match: Match };

function judge(request: EvaluationRequest, { identity, boundary, resource = [] }: Policies): Judgement[] {
  const policies: Record<Reach, readonly PolicyDocument[]> = { identity, boundary: boundary ? [boundary] : [], resource, account: resource };
  const { action, resource: about } = request;
  return REACHES.flatMap((reach) => policies[reach].flatMap((policy) => statementsOf(policy).map((statement) =>
    ({ reach, statement, action, resource: about, match: all([applies(statement, reach, request), policy.doubt ?? true]) }))));
}

/** The statements that grant a request, or why none do. */
function grantOf({ action, principal }: EvaluationRequest, policies: Policies, matched: StatementReference[]): StatementReference[] | string {
  const [identity = [], boundary = [], resource = [], account = []] = REACHES.map((reach) => matched.filter((one) => one.reach === reach));
  const isCapped = policies.boundary !== undefined && boundary.length === 0;
  // "Resource-based policies that grant permissions to an IAM role ARN are limited by an implicit deny in a permissions boundary"
  if (resource.length > 0 && !(isCapped && principal.includes(':role/'))) {
    return [...resource, ...boundary];
  }
  if (identity.length === 0 && resource.length === 0) {
    return `no ${principal.startsWith('arn:') ? 'identity' : 'resource'}-based policy allows the ${action} action`;
  }
  if (isCapped) {
    return `no permissions boundary allows the ${action} action`;
  }
  // "Unless the key policy explicitly allows it, you cannot use IAM policies to allow access to a KMS key": KMS, key-policies.html
  if (action.startsWith('kms:') && account.length === 0) {
    return `the key policy does not let the account's policies allow the ${action} action`;
  }
  return [...identity, ...boundary, ...account];
}
