import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from '../../rehearsal/assembly/read-assembly';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
/** What Lambda does with a role, out of the rehearsal's sight: it judges neither. */
const UNSEEN = /^(logs|ec2):/;

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Record<string, Resource>;
}

/** One statement of one rotation's role, told apart by what it grants. */
export interface Grant {
  /** Of the rotation: `Stack/Construct`. */
  readonly constructPath: string;
  readonly policyId: string;
  readonly index: number;
  readonly actions: readonly string[];
}

export type Change = (statement: Statement) => void;

/** A synthesized example, of which changed copies are rehearsed. */
export class Synthesized {
  readonly directory = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-permissions-'));
  private readonly file: string;

  constructor(example: string) {
    process.env.CDK_OUTDIR = this.directory;
    try {
      jest.isolateModules(() => { jest.requireActual(join(EXAMPLES, example, 'app')); });
    } finally {
      delete process.env.CDK_OUTDIR;
    }
    this.file = readdirSync(this.directory).find((name) => name.endsWith('.template.json')) ?? '';
  }

  /** What the roles of functions are granted, as far as a rehearsal sees its use. */
  get grants(): readonly Grant[] {
    const { Resources } = this.template();
    const roles = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function').map(({ Properties }) => JSON.stringify(Properties.Role));
    return Object.entries(Resources).flatMap(([policyId, resource]) => {
      const isOfFunction = resource.Type === 'AWS::IAM::Policy' && rolesOf(resource).some((role) => roles.some((used) => used.includes(`"${role}"`)));
      return isOfFunction ? this.grantsOf(policyId, resource) : [];
    });
  }

  /** A copy in which these statements are other than the construct made them. */
  with(changes: readonly (readonly [Grant, Change])[]): string {
    const copy = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-permissions-'));
    cpSync(this.directory, copy, { recursive: true });
    const template = this.template();
    for (const [{ policyId, index }, change] of changes) {
      const statement = statementsOf(template.Resources[policyId])[index];
      if (statement !== undefined) change(statement);
    }
    writeFileSync(join(copy, this.file), JSON.stringify(template));
    return copy;
  }

  private grantsOf(policyId: string, resource: Resource): readonly Grant[] {
    const [stack] = readAssembly(this.directory).stacks;
    const path = stack?.constructPaths.get(policyId) ?? '';
    const constructPath = path.split('/').slice(1, 3).join('/');
    return statementsOf(resource).map((statement, index) => ({ constructPath, policyId, index, actions: [statement.Action].flat() }))
      .filter(({ actions }) => !actions.some((action) => UNSEEN.test(action)));
  }

  private template(): Template {
    return JSON.parse(readFileSync(join(this.directory, this.file), 'utf8')) as Template;
  }
}

/** Without one of its actions; without any it is about none that exists. */
export function without(action: string): Change {
  return (statement) => {
    const left = [statement.Action].flat().filter((one) => one !== action);
    statement.Action = left.length > 0 ? left : ['none:Nothing'];
  };
}

/** For another resource of the same kind. */
export function elsewhere(statement: Statement): void {
  const [service = ''] = [statement.Action].flat()[0]?.split(':') ?? [];
  statement.Resource = `arn:aws:${service}:us-east-1:111122223333:${OTHER[service] ?? 'other'}`;
}

export function withMore(action: string): Change {
  return (statement) => { statement.Action = [statement.Action, action].flat(); };
}

export function everywhere(statement: Statement): void {
  statement.Resource = '*';
}

const OTHER: Readonly<Record<string, string>> = { secretsmanager: 'secret:other-AbCdEf', kms: 'key/00000000-0000-0000-0000-000000000000', iam: 'user/other', elasticache: 'user:other', memorydb: 'user/other' };

function rolesOf({ Properties }: Resource): readonly string[] {
  return (Properties.Roles as readonly { readonly Ref: string }[] | undefined ?? []).map(({ Ref }) => Ref);
}

function statementsOf(resource: Resource | undefined): Statement[] {
  return (resource?.Properties.PolicyDocument as { readonly Statement: Statement[] } | undefined)?.Statement ?? [];
}
