import { PRELOAD_SETTINGS, PreloadSettings } from './preload-settings';
import { FunctionDefinition } from '../assembly/functions';

export interface Surroundings {
  readonly preloadFile: string;
  readonly taskRoot: string;
  readonly runtimeCaFile: string;
  readonly hosts: Readonly<Record<string, string>>;
  readonly secretsManagerEndpoint: string;
  readonly endpoints?: Readonly<Record<string, string>>;
  readonly trustsNode?: boolean;
  readonly accessKeyId: string;
}

/**
 * The environment of a function: the template's variables and those that Lambda sets, nothing of this machine's.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function functionEnvironment(definition: FunctionDefinition, surroundings: Surroundings): Record<string, string> {
  return { ...definition.environment, ...setByLambda(definition, surroundings), ...setByRehearsal(definition, surroundings) };
}

function setByLambda(definition: FunctionDefinition, { taskRoot, accessKeyId }: Surroundings): Record<string, string> {
  const { name, region, runtime, handler, memoryMb } = definition;
  return {
    _HANDLER: handler,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]rehearsal',
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: 'opens-nothing',
    AWS_SESSION_TOKEN: 'opens-nothing',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
  };
}

function setByRehearsal({ environment }: FunctionDefinition, surroundings: Surroundings): Record<string, string> {
  const { preloadFile, hosts, runtimeCaFile, secretsManagerEndpoint, endpoints, trustsNode } = surroundings;
  const services = { AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerEndpoint, ...endpoints };
  const local = Object.fromEntries(Object.values(services).map(url => [new URL(url).host, new URL(url).host]));
  const settings: PreloadSettings = { hosts: { ...hosts, ...local }, runtimeCaFile, nodeOptions: environment.NODE_OPTIONS };
  return {
    ...services,
    ...trustsNode || environment.NODE_EXTRA_CA_CERTS?.startsWith('/var/runtime/') ? { NODE_EXTRA_CA_CERTS: runtimeCaFile } : {},
    NODE_OPTIONS: [`--require ${JSON.stringify(preloadFile)}`, environment.NODE_OPTIONS ?? ''].join(' ').trim(),
    [PRELOAD_SETTINGS]: JSON.stringify(settings),
  };
}
