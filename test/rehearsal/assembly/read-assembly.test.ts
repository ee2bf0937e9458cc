import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { stackOf } from './assembly-fixture';
import { findFunction } from '../../../rehearsal/assembly/functions';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { Resolver } from '../../../rehearsal/assembly/resolver';
import { constructPathOf, resourceKey } from '../../../rehearsal/assembly/template';

function synthesize(build: (app: App) => void) {
  const app = new App();
  build(app);
  return readAssembly(app.synth().directory);
}

test('all stacks are read, each after those that it needs', () => {
  const { stacks } = synthesize((app) => {
    const [needing, needed] = [new Stack(app, 'A'), new Stack(app, 'B')];
    new CfnOutput(needing, 'Out', { value: new Secret(needed, 'Secret').secretArn });
  });
  expect(stacks.map(({ name }) => name)).toEqual(['B', 'A']);
});

test('stacks of stages are read, with the paths of their constructs', () => {
  const assembly = synthesize((app) => {
    new Secret(new Stack(new Stage(app, 'Production'), 'Data'), 'Secret');
  });
  const [secret] = new Resolver({ assembly }).resourcesOf('AWS::SecretsManager::Secret');
  expect([assembly.stacks.map(({ name }) => name), secret && constructPathOf(secret)]).toEqual([['Production-Data'], 'Production/Data/Secret']);
});

test('nested stacks are read, and resolve what their parent gives them', () => {
  const assembly = synthesize((app) => {
    const parent = new Stack(app, 'Parent');
    const secret = new Secret(parent, 'Secret', { secretName: 'named' });
    new CfnOutput(new NestedStack(parent, 'Nested'), 'Out', { value: secret.secretName });
  });
  const nested = assembly.stacks.find(({ parent }) => parent !== undefined);
  const [output] = Object.values(nested?.template.Outputs ?? {});
  const secretArns = new Map([[resourceKey(assembly.stacks[0] ?? stackOf({}), 'SecretA720EF05'), 'arn:aws:secretsmanager:us-east-1:111122223333:secret:named-AbCdEf']]);
  expect(nested?.name).toMatch(/^Parent-Nested/);
  expect(nested && new Resolver({ assembly, secretArns }).resolve(output?.Value, nested)).toBe('named');
});

test('environments are the app\'s, or those that stand in', () => {
  const { stacks } = synthesize((app) => {
    new Stack(app, 'Anywhere');
    new Stack(app, 'China', { env: { account: '444455556666', region: 'cn-north-1' } });
  });
  expect(stacks.map(({ account, region }) => [account, region])).toEqual([['111122223333', 'us-east-1'], ['444455556666', 'cn-north-1']]);
});

test.each([['at the top', (app: App): Construct => app], ['in a stage', (app: App): Construct => new Stage(app, 'Stage')]])('the code of a function is found, %s', (_, parentIn) => {
  const directory = mkdtempSync(join(tmpdir(), 'code-'));
  const assembly = synthesize((app) => {
    new LambdaFunction(new Stack(parentIn(app), 'Stack'), 'Rotate', { functionName: 'rotate', runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromAsset(directory) });
  });
  const { code } = findFunction(new Resolver({ assembly }), 'arn:aws:lambda:us-east-1:111122223333:function:rotate');
  expect(code).toEqual({ directory: expect.stringMatching(/asset\.[0-9a-f]{64}$/) });
});

test('fails for a directory that is no cloud assembly, and says what to do', () => {
  expect(() => readAssembly(tmpdir())).toThrow(/is not a cloud assembly: it has no manifest.json. Synthesize the app first/);
});
