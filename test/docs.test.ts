import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import * as ts from 'typescript';
import { METRICS } from '../src/private/rotation-config';

const ROOT = join(__dirname, '..');
const ADRS = pagesIn('docs/adr');
const SHOWN_TO_USERS = ['README.md', ...pagesIn('docs')];
/** The declarations of aws-cdk-lib take their time, more so on a busy machine. */
const COMPILATION_MS = 300_000;
const PAGES = [...SHOWN_TO_USERS, ...ADRS, 'CONTRIBUTING.md', 'SECURITY.md'];

/** What a block may use without declaring it, as a reader's app has it. */
const FIXTURE = `
import type { aws_ec2 as ec2, aws_ecs as ecs, aws_kms as kms, aws_rds as rds, aws_secretsmanager as secretsmanager, aws_sns as sns } from 'aws-cdk-lib';
import type { AlternatingUsersRotation } from 'cdk-secret-rotation';
declare global {
  const vpc: ec2.IVpc;
  const cluster: rds.DatabaseCluster;
  const instance: rds.DatabaseInstance;
  const appSecret: secretsmanager.ISecret;
  const service: ecs.FargateService;
  const pager: sns.ITopic;
  const key: kms.IKey;
  const rotation: AlternatingUsersRotation;
  const adminToken: secretsmanager.ISecret;
}
`;

interface Block {
  /** Page and line of the block's first line. */
  readonly place: string;
  readonly text: string;
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.md')).sort().map((file) => `${folder}/${file}`);
}

function blocksOf(page: string): Block[] {
  return [...read(page).matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${page}:${lineOf(read(page), match.index) + 1}`,
    text: match[1] ?? '',
  }));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** A block that exports something is a file; any other stands in the constructor of a stack, below its own imports. */
function asFile({ text }: Block): string {
  if (/^export /m.test(text)) return text;
  const imports = text.match(/^import [\s\S]*?;$/gm) ?? [];
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), text);
  return ['import { Stack as ExampleStack } from \'aws-cdk-lib\';', ...imports, `export class Example extends ExampleStack { constructor() { super();\n${body}\n} }`].join('\n');
}

/** What the compiler says of each file, all in one program. */
function complaintsAbout(files: ReadonlyMap<string, string>): Map<string, string[]> {
  const { options } = ts.parseJsonConfigFileContent({ extends: './test/tsconfig.json' }, ts.sys, ROOT);
  const compilerOptions: ts.CompilerOptions = { ...options, noUnusedLocals: false, isolatedModules: false, rootDir: ROOT };
  const host = ts.createCompilerHost(compilerOptions);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return new Map([...files.keys()].map((name) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))];
  }));
}

/** A page without its code, in which brackets are no links. */
function prose(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

function headingsOf(page: string): string[] {
  return [...read(page).replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.*)$/gm)].map((match) => match[1] ?? '');
}

/** The anchors that GitHub gives to headings: lower case, no punctuation, `-` for a space, `-1` for the second of a name. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(page).map((heading) => {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function brokenLinksOf(page: string): string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g), ...prose(page).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^(https?:|mailto:)/.test(target) && !leadsSomewhere(page, target));
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

function errorCodes(): string[] {
  const file = ts.createSourceFile('errors.ts', read('lambda/engine/contract/errors.ts'), ts.ScriptTarget.Latest);
  const codes = file.statements.find((statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === 'RotationErrorCode') as ts.TypeAliasDeclaration;
  return (codes.type as ts.UnionTypeNode).types.map((type) => ((type as ts.LiteralTypeNode).literal as ts.StringLiteral).text).sort();
}

/** Rows of the table below a heading, as cells. */
function tableBelow(page: string, heading: string): string[][] {
  const section = read(page).split(/^#{1,6} /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return section.split('\n').filter((line) => line.startsWith('|')).slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

describe('a TypeScript block of the documentation', () => {
  const blocks = SHOWN_TO_USERS.flatMap(blocksOf);
  const broken: Block = { place: 'broken', text: 'import { RotationRules } from \'cdk-secret-rotation\';\nRotationRules.never();\n' };
  const fileOf = ({ place }: Block) => join(ROOT, 'test', `docs-${place.replace(/\W+/g, '-')}.ts`);
  const files = new Map([...blocks, broken].map((block) => [fileOf(block), asFile(block)]));
  let complaints = new Map<string, string[]>();

  beforeAll(() => {
    complaints = complaintsAbout(new Map([...files, [join(ROOT, 'test', 'docs-fixture.ts'), FIXTURE]]));
  }, COMPILATION_MS);

  test.each(blocks.map((block) => [block.place, block] as const))('compiles: %s', (_place, block) => {
    expect(complaints.get(fileOf(block))).toEqual([]);
  });

  test('fails to compile when it names something that the package does not have', () => {
    expect(complaints.get(fileOf(broken))).toEqual([expect.stringContaining('Property \'never\' does not exist')]);
  });
});

describe('the links of', () => {
  test.each(PAGES)('%s lead to files and headings that exist', (page) => {
    expect(brokenLinksOf(page)).toEqual([]);
  });
});

describe('README.md', () => {
  test.each(['npm ci && npm run rehearse', 'npm ci && npm test', 'npx cdk-secret-rotation rehearse cdk.out'])('shows the command %s', (command) => {
    expect(read('README.md').split('\n')).toContain(command);
  });

  test('begins its strategy chooser with the name that CDK gave to alternating users', () => {
    const [first = []] = tableBelow('README.md', 'Which strategy');
    expect(first[0]).toContain('`addRotationMultiUser`');
    expect(first[1]).toContain('`AlternatingUsersRotation`');
  });

  test.each(Object.values(METRICS))('names the metric %s', (metric) => {
    expect(tableBelow('README.md', 'Metrics').map(([name]) => name)).toContain(`\`${metric}\``);
  });

  test('marks the place of the measured numbers', () => {
    expect(read('README.md')).toMatch(/<!-- bench -->[\s\S]*<!-- \/bench -->/);
  });
});

describe('docs/runbook.md', () => {
  test('has a heading for each error code, and none for a code that does not exist', () => {
    const coded = headingsOf('docs/runbook.md').filter((heading) => /^[A-Z][A-Z0-9_]+$/.test(heading));
    expect(coded.sort()).toEqual(errorCodes());
  });
});

describe('docs/security-model.md', () => {
  const rows = tableBelow('docs/security-model.md', 'Which test keeps which promise').map(([, file = '', name = '']) => ({ name, file: /\(\.\.\/(.*)\)/.exec(file)?.[1] ?? '' }));

  test.each(rows)('names a test that exists: $file, $name', ({ file, name }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(read(file).replaceAll('\\\'', '\'').includes(name)).toBe(true);
  });
});

describe('the decision record', () => {
  test.each(ADRS)('%s has a number, a date, a status and the three sections', (page) => {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(basename(page))?.[1]);
    expect(ADRS.indexOf(page)).toBe(number - 1);
    expect(read(page)).toMatch(new RegExp(`^# ${number}\\. .+\n\nDate: \\d{4}-\\d{2}-\\d{2} · Status: (accepted|superseded by .+)\n\n## Context\n`));
    expect(headingsOf(page).slice(1)).toEqual(['Context', 'Decision', 'Consequences']);
  });
});
