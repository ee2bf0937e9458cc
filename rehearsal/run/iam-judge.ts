import { RolePolicies } from '../assembly/policies';
import type { Resolver } from '../assembly/resolver';
import { keyArnOf, permissionsOfFunction, policiesOfKey, policiesOfSecret } from '../assembly/resource-policies';
import { Unresolvable } from '../assembly/unresolvable';
import { CLIENT_ACCESS_KEY_ID } from '../clients';
import { evaluate, PolicyDocument, Statement, UnusedGrant, UsageLedger } from '../iam';
import { OPERATOR_ACCESS_KEY_ID } from './json-client';
import type { IamReport } from '../report/model';
import type { AuthorizationDecision, AuthorizationRequest } from '../secrets-manager';

/** What Lambda does with a role for the function, out of the rehearsal's sight. */
const UNSEEN_SERVICES = /^(logs|ec2|xray|cloudwatch):/i;

const ALLOWED: AuthorizationDecision = { allowed: true, reason: 'it is not the function that calls' };

/** Judges the calls of functions, and Secrets Manager's own of them, by the policies of the assembly. */
export class IamJudge {
  private readonly roles = new Map<string, JudgedRole>();
  private readonly unknownOfPermissions = new Map<string, ReadonlySet<string>>();

  constructor(private readonly resolver: Resolver) {}

  /** Calls signed with this key are of this role. */
  register(accessKeyId: string, role: RolePolicies): void {
    const known = [...this.roles.values()].find(judged => judged.role.arn === role.arn);
    this.roles.set(accessKeyId, known ?? new JudgedRole(role));
  }

  authorize(request: AuthorizationRequest): AuthorizationDecision {
    if (request.service !== undefined) return this.authorizeService(request, request.service);
    if (request.accessKeyId === CLIENT_ACCESS_KEY_ID || request.accessKeyId === OPERATOR_ACCESS_KEY_ID) return ALLOWED;
    const judged = this.roles.get(request.accessKeyId ?? '');
    if (judged === undefined) return { allowed: false, reason: 'nobody knows the caller' };
    try {
      const unknown: string[] = [];
      const resource = request.action.startsWith('kms:') ? keyArnOf(this.resolver, request.resource) : request.resource;
      return judged.judge({ ...request, resource }, this.resourcePolicies(request, resource, unknown), unknown);
    } catch (error: unknown) {
      if (!(error instanceof Unresolvable)) throw error;
      return judged.refuse(request, error.message);
    }
  }

  /** Of the function's role, and of the permissions by which Secrets Manager invokes the function. */
  report(accessKeyId: string, functionArn: string): IamReport {
    const { denied, unusedGrants, unknown } = this.roles.get(accessKeyId)?.report() ?? { denied: [], unusedGrants: [], unknown: [] };
    return { denied, unusedGrants, unknown: [...unknown, ...this.unknownOfPermissions.get(functionArn) ?? []] };
  }

  private resourcePolicies({ action, secretArn }: AuthorizationRequest, resource: string, unknown: string[]): PolicyDocument[] {
    if (action.startsWith('kms:')) return policiesOfKey(this.resolver, resource, unknown);
    return secretArn === undefined ? [] : policiesOfSecret(this.resolver, secretArn, unknown);
  }

  /** The function's permissions alone decide on what the service does in its own name. */
  private authorizeService({ action, resource, context }: AuthorizationRequest, principal: string): AuthorizationDecision {
    const unknown: string[] = [];
    const permissions = permissionsOfFunction(this.resolver, resource, unknown);
    const evaluation = evaluate({ principal, action, resource, context }, { identity: [], resource: permissions });
    this.unknownOfPermissions.set(resource, new Set([...unknown, ...evaluation.unknown]));
    return evaluation;
  }
}

/** A role, what it was denied, and which of its grants it used. */
class JudgedRole {
  private readonly ledger: UsageLedger;
  private readonly denied = new Set<string>();
  private readonly unknown: Set<string>;

  constructor(readonly role: RolePolicies) {
    this.ledger = new UsageLedger(role.identity);
    this.unknown = new Set(role.unknown);
  }

  judge(request: AuthorizationRequest, policies: readonly PolicyDocument[], unresolved: readonly string[]): AuthorizationDecision {
    const { arn, identity, boundary } = this.role;
    const { action, resource } = request;
    const context = { ...principalKeys(arn), ...request.context };
    const evaluation = evaluate({ principal: arn, action, resource, context }, { identity, boundary, resource: policies });
    this.ledger.record(evaluation);
    [...unresolved, ...evaluation.unknown].forEach(what => this.unknown.add(what));
    if (!evaluation.allowed) this.denied.add(`${action} on ${resource}: ${evaluation.reason}`);
    return evaluation;
  }

  /** What cannot be judged is not allowed. */
  refuse({ action, resource }: AuthorizationRequest, reason: string): AuthorizationDecision {
    this.unknown.add(reason);
    this.denied.add(`${action} on ${resource}: ${reason}`);
    return { allowed: false, reason };
  }

  report(): IamReport {
    return {
      denied: [...this.denied],
      unusedGrants: [
        ...this.ledger.unused.filter(({ action }) => !UNSEEN_SERVICES.test(action)).map(describe),
        ...this.ledger.unbounded.map(({ statement, pattern, used }) => `${nameOf(statement)}: ${pattern}, of which only ${used} was used`),
      ],
      unknown: [...this.unknown],
    };
  }
}

function principalKeys(roleArn: string): Readonly<Record<string, string>> {
  return { 'aws:PrincipalArn': roleArn, 'aws:PrincipalAccount': roleArn.split(':')[4] ?? '', 'aws:PrincipalType': 'AssumedRole' };
}

function describe({ action, statement: { Sid, Resource } }: UnusedGrant): string {
  const resources = Array.isArray(Resource) ? Resource.join(', ') : String(Resource);
  return `${nameOf({ Sid })}: ${action} on ${resources}`;
}

function nameOf({ Sid }: Statement): string {
  return typeof Sid === 'string' ? Sid : 'statement';
}
