import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FunctionDefinition } from '../../../rehearsal/assembly/functions';
import { LocalFunction, LocalFunctionOptions } from '../../../rehearsal/lambda/local-function';
import { stackOf } from '../assembly/assembly-fixture';

export const CA = '-----BEGIN CERTIFICATE-----\nof the rehearsal\n-----END CERTIFICATE-----\n';

const started: LocalFunction[] = [];
const directories: string[] = [];

/** A function whose code is these files. */
export function functionOf(
  files: Readonly<Record<string, string>>,
  definition: Partial<FunctionDefinition> = {},
  options: Partial<LocalFunctionOptions> = {},
): LocalFunction {
  const created = new LocalFunction({ ...DEFINITION, code: { directory: directoryOf(files) }, ...definition }, { ...OPTIONS, ...options });
  started.push(created);
  return created;
}

export function handlerOf(body: string): Readonly<Record<string, string>> {
  return { 'index.js': `exports.handler = async (event, context) => { ${body} };` };
}

export async function removeFunctions(): Promise<void> {
  await Promise.all(started.splice(0).map(created => created.remove()));
  directories.splice(0).forEach(directory => rmSync(directory, { recursive: true }));
}

export function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'function-fixture-'));
  directories.push(directory);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

const DEFINITION: FunctionDefinition = {
  resource: { stack: stackOf({}), logicalId: 'Rotate', type: 'AWS::Lambda::Function', properties: {}, metadata: {} },
  constructPath: 'Shop/Rotate',
  name: 'rotate',
  arn: 'arn:aws:lambda:us-east-1:111122223333:function:rotate',
  region: 'us-east-1',
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  code: { inline: '' },
  environment: { ROTATION: 'on' },
  timeoutSeconds: 20,
  memoryMb: 256,
  roleArn: 'arn:aws:iam::111122223333:role/rotate',
};

const OPTIONS: LocalFunctionOptions = { hosts: {}, caPem: CA, secretsManagerEndpoint: 'http://127.0.0.1:9', accessKeyId: 'ASIAFUNCTION00000000' };
