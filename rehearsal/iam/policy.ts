/** A policy as a template holds it after its intrinsics are resolved; what could not be resolved is still an object. */
export interface PolicyDocument {
  readonly Statement: Statement | readonly Statement[];
  /** Why it is not certain that the policy applies: then it allows nothing, and what it may deny is denied. */
  readonly doubt?: string;
}

/** Elements are unknown until they are looked at: a template may hold anything. */
export type Statement = Readonly<Partial<Record<
  'Sid' | 'Effect' | 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource' | 'Condition', unknown>>>;

export function statementsOf(policy: PolicyDocument): readonly Statement[] {
  return listOf(policy.Statement) as readonly Statement[];
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
