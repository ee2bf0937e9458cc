import { conditionHolds, RequestContext } from './condition';
import { all, any, arn, ifResolved, Match, not, wildcard } from './match';
import { listOf, Statement } from './policy';

export interface EvaluationRequest {
  /** ARN of a role or user (of the role, not of its session), or a service principal such as `secretsmanager.amazonaws.com`. */
  readonly principal: string;
  /** `service:Operation`. */
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** How a statement reaches a principal: by its own policies, by name in a resource's policy, or through its account in one. */
export const REACHES = ['identity', 'boundary', 'resource', 'account'] as const;
export type Reach = (typeof REACHES)[number];

const PRINCIPAL_KINDS: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** Whether a statement applies to a request. */
export function applies(statement: Statement, reach: Reach, { principal, action, resource, context }: EvaluationRequest): Match {
  return all([
    matches(statement.Action, statement.NotAction, 'Action', (pattern) => wildcard(pattern, action, 'i')),
    matches(statement.Resource, statement.NotResource, 'Resource', (pattern) => arn(pattern, resource)),
    reach === 'identity' || reach === 'boundary' || names(statement, principal, reach),
    conditionHolds(statement.Condition, context),
    ['Allow', 'Deny'].includes(String(statement.Effect)) || `effect ${JSON.stringify(statement.Effect)}`,
  ]);
}

function matches(patterns: unknown, notPatterns: unknown, element: string, compare: (pattern: string) => Match): Match {
  if (patterns === undefined && notPatterns === undefined) {
    return `statement without ${element}`;
  }
  const match = any(listOf(patterns ?? notPatterns).map((pattern) => ifResolved(pattern, compare)));
  return patterns === undefined ? not(match) : match;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function names({ Principal, NotPrincipal }: Statement, principal: string, reach: 'resource' | 'account'): Match {
  if (NotPrincipal !== undefined || Principal === undefined) {
    return NotPrincipal === undefined ? 'statement without Principal' : 'NotPrincipal';
  }
  const [, partition, , , account] = principal.split(':');
  const kind = partition === undefined ? 'Service' : 'AWS';
  const isResolved = typeof Principal === 'object' && Object.keys(Principal ?? {}).every((key) => PRINCIPAL_KINDS.includes(key));
  const named = isResolved ? listOf((Principal as Record<string, unknown>)[kind] ?? []) : [Principal];
  const reaching = reach === 'resource' ? ['*', principal] : [account, `arn:${partition}:iam::${account}:root`];
  return any(named.map((pattern) => ifResolved(pattern, (text) => reaching.includes(text))));
}
