import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

const EXAMPLES = join(__dirname, '..', 'examples');
const CASES = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** What cdk-nag says of the databases and networks of the examples, which are there for the rotations only. */
const EXPLAINED = {
  'AwsSolutions::AwsSolutions-VPC7': 'flow logs are the business of the user\'s network',
  'AwsSolutions::AwsSolutions-RDS3': 'a second zone is the business of the user\'s database',
  'AwsSolutions::AwsSolutions-RDS10': 'an example is meant to be deleted',
  'AwsSolutions::AwsSolutions-RDS11': 'the default port is no secret',
};

type Synth = App['synth'];

describe('examples', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-examples-'));

  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  test.each(CASES)('%s synthesizes without a warning, and cdk-nag has nothing to say of its rotations', (name) => {
    const assembly = synthesized(name, join(outdir, name));
    expect(existsSync(join(outdir, name, 'manifest.json'))).toBe(true);
    const messages = assembly.stacks.flatMap(({ messages: all }) => all);
    expect(messages.filter(({ level }) => level !== 'info').map(({ entry }) => entry.data)).toEqual([]);
  });
});

/** Runs the example as its user would, with cdk-nag added: a finding makes synthesis throw. */
function synthesized(name: string, directory: string): ReturnType<Synth> {
  const original: Synth = App.prototype.synth;
  const assemblies: ReturnType<Synth>[] = [];
  const synth = jest.spyOn(App.prototype, 'synth').mockImplementation(function (this: App, options) {
    Validations.of(this).addPlugins(new AwsSolutionsChecks(this));
    Validations.of(this).acknowledge(...Object.entries(EXPLAINED).map(([id, reason]) => ({ id, reason })));
    const assembly = original.call(this, options);
    assemblies.push(assembly);
    return assembly;
  });
  process.env.CDK_OUTDIR = directory;
  try {
    jest.requireActual(join(EXAMPLES, name, 'app'));
  } finally {
    delete process.env.CDK_OUTDIR;
    synth.mockRestore();
  }
  const [assembly] = assemblies;
  if (!assembly) throw new Error(`the example ${name} does not call app.synth()`);
  return assembly;
}
