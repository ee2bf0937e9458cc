import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FunctionDefinition } from '../../rehearsal/assembly/functions';
import { AssetCopy } from '../../rehearsal/lambda/asset-copy';
import { bundledEntry } from '../../rehearsal/lambda/bundled-entry';
import { functionEnvironment } from '../../rehearsal/lambda/function-environment';
import { FunctionProcess } from '../../rehearsal/lambda/function-process';
import { PostgresRotationConfig, ROTATION_CONFIG } from '../../src/private/rotation-config';
import { stackOf } from '../rehearsal/assembly/assembly-fixture';
import { testAuthority } from '../support/postgres';
import { StrategyKind } from '../support/postgres-rotation';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:rotate';
const ACCESS_KEY_ID = 'ASIAFUNCTION00000000';

export interface BundledFunctionProps {
  readonly strategy: StrategyKind;
  readonly config: PostgresRotationConfig;
  readonly secretsManagerEndpoint: string;
  /** Where the configured endpoint is on this machine. */
  readonly hosts: Readonly<Record<string, string>>;
}

const TIMEOUT_SECONDS = 30;

/** The bundle as it is deployed, in one process at a time, which may be killed at any instant. */
export class BundledFunction {
  /** All that its processes wrote. */
  output = '';
  private readonly asset: AssetCopy;
  private readonly environment: Readonly<Record<string, string>>;
  private process?: FunctionProcess;

  constructor({ strategy, config, ...surroundings }: BundledFunctionProps) {
    const definition = define(strategy, config);
    this.asset = AssetCopy.of(definition.code, testAuthority.certificate);
    this.environment = functionEnvironment(definition, {
      ...surroundings, preloadFile: bundledEntry('preload'), taskRoot: this.asset.directory, runtimeCaFile: this.asset.caFile, accessKeyId: ACCESS_KEY_ID,
    });
  }

  /** In the process that is there, or in a fresh one. Rejects when the function failed or was killed. */
  async invoke(event: object): Promise<readonly string[]> {
    this.process ??= this.start();
    const process = this.process;
    const { error, lines } = await process.invoke({ requestId: randomUUID(), event, functionArn: FUNCTION_ARN }, TIMEOUT_SECONDS);
    this.output += [...lines, error?.name, error?.message].join('\n');
    if (!process.usable && this.process === process) this.process = undefined;
    if (error !== undefined) throw new Error(`${error.name}: ${error.message}`);
    return lines;
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    const killed = this.process;
    this.process = undefined;
    await killed?.end();
  }

  async remove(): Promise<void> {
    await this.kill();
    this.asset.remove();
  }

  private start(): FunctionProcess {
    return new FunctionProcess({ bootstrapFile: bundledEntry('bootstrap'), environment: this.environment, taskRoot: this.asset.directory });
  }
}

function define(strategy: StrategyKind, config: PostgresRotationConfig): FunctionDefinition {
  return {
    resource: { stack: stackOf({}), logicalId: 'Rotate', type: 'AWS::Lambda::Function', properties: {}, metadata: {} },
    constructPath: 'Shop/Rotate',
    name: 'rotate',
    arn: FUNCTION_ARN,
    region: 'us-east-1',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    code: { directory: join(__dirname, '..', '..', 'assets', 'lambda', `${strategy}-postgres`) },
    environment: { [ROTATION_CONFIG]: JSON.stringify(config) },
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMb: 256,
    roleArn: 'arn:aws:iam::111122223333:role/rotate',
  };
}
