import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
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
type Assembly = ReturnType<Synth>;

/** The validator loads the schema of every resource type. */
const VALIDATION_MS = 120_000;

describe('examples', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-examples-'));

  const validator = new CloudFormationValidatePlugin();

  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  test.each(CASES)('%s synthesizes without a warning, and neither cdk-nag nor the CDK\'s template validator has anything to say', (name) => {
    const assembly = synthesized(name, join(outdir, name));
    expect(existsSync(join(outdir, name, 'manifest.json'))).toBe(true);
    const messages = assembly.stacks.flatMap(({ messages: all }) => all);
    expect(messages.filter(({ level }) => level !== 'info').map(({ entry }) => entry.data)).toEqual([]);
    expect(violations(validator, assembly)).toEqual([]);
  }, VALIDATION_MS);

  test('fails the template validator when a property is none that the resource has', () => {
    const app = new App();
    new CfnResource(new Stack(app, 'Stack'), 'Schedule', { type: 'AWS::SecretsManager::RotationSchedule', properties: { SecretId: 'app', Rotation: 'never' } });
    expect(violations(validator, app.synth())).toEqual([expect.stringContaining('Rotation')]);
  }, VALIDATION_MS);
});

/** What `cdk synth` tells its user by default; jest runs without it (see setup.ts). */
function violations(validator: CloudFormationValidatePlugin, { stacks }: Assembly): string[] {
  const report = validator.validate({
    templatePaths: stacks.map(({ templateFullPath }) => templateFullPath),
    stackTemplates: stacks.map(({ hierarchicalId, templateFullPath }) => ({ stackConstructPath: hierarchicalId, templatePath: templateFullPath })),
    appConstruct: new App(),
    accountId: undefined,
    region: undefined,
  });
  return report.violations.map(({ ruleName, description }) => `${ruleName}: ${description}`);
}

/** Runs the example as its user would, with cdk-nag added: a finding makes synthesis throw. */
function synthesized(name: string, directory: string): Assembly {
  const original: Synth = App.prototype.synth;
  const assemblies: Assembly[] = [];
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
